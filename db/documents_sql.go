package db

import (
	"strconv"
	"strings"

	"quittance/db/dql"
)

// What stands in columns: where a record belongs, the ID of a document, and of a query or an event when and under which token it came.
var (
	placeColumns    = map[string]string{"collection_id": "substr(r.container, instr(r.container, '/') + 1)", "environment_id": "substr(r.container, 1, instr(r.container, '/') - 1)"}
	documentColumns = map[string]string{"id": "r.session", "document_id": "r.session"}
	logColumns      = map[string]string{"created_timestamp": "r.time", "session_token": "r.session"}
)

// columnOf is the column of a field, "" if it has none.
func columnOf(path string, logs bool) string {
	if column, ok := placeColumns[path]; ok {
		return column
	}
	if logs {
		return logColumns[path]
	}
	return documentColumns[path]
}

// customerFields are the labels under the names that Discovery has for them.
var customerFields = map[string]bool{"customer_id": true, "extracted_metadata.customer_id": true}

// compileExpr turns a query into a condition on record r; logs tells that it asks queries and events rather than documents.
func compileExpr(e dql.Expr, logs bool) (sql string, args []any, err error) {
	switch e := e.(type) {
	case dql.Or:
		return compileAll(e, " OR ", logs)
	case dql.And:
		return compileAll(e, " AND ", logs)
	}
	c := e.(dql.Cond)
	if sql, args, err = compileCond(c, logs); err == nil && c.Not {
		sql = "(" + sql + ") IS NOT TRUE"
	}
	return sql, args, err
}

func compileAll(parts []dql.Expr, operator string, logs bool) (string, []any, error) {
	var all []string
	var args []any
	for _, e := range parts {
		sql, more, err := compileExpr(e, logs)
		if err != nil {
			return "", nil, err
		}
		all, args = append(all, sql), append(args, more...)
	}
	return "(" + strings.Join(all, operator) + ")", args, nil
}

func compileCond(c dql.Cond, logs bool) (string, []any, error) {
	document := !logs
	switch {
	case c.Path == "" && logs: // the documents' example: query=train finds the questions with that word ("Usage monitoring")
		c.Path = "natural_language_query"
	case document && indexed(c.Path):
		return compileWords(c)
	case document && strings.HasPrefix(c.Path, "enriched_"):
		return "", nil, &dql.Error{Pos: c.Pos, Reason: "documents are not enriched here, so the fields enriched_… are not there"}
	case customerFields[c.Path]:
		return compileCustomer(c)
	case logs && c.Path == "query_id":
		return "", nil, &dql.Error{Pos: c.Pos, Reason: "query_id cannot be asked for; ask for natural_language_query or session_token"}
	}
	if column := columnOf(c.Path, logs); column != "" {
		return compileColumn(c, column)
	}
	return compileField(c)
}

// indexed tells the fields that stand in the full-text index; "" is all of it.
func indexed(path string) bool {
	return path == "" || path == "title" || path == "text" || path == "html"
}

// compileWords asks the full-text index.
func compileWords(c dql.Cond) (string, []any, error) {
	switch {
	case c.Path == "html":
		return "", nil, &dql.Error{Pos: c.Pos, Reason: "html is not searched; its words are those of text"}
	case c.Term.Exists():
		return "EXISTS (SELECT 1 FROM document_text d WHERE d.record = r.seq AND d." + c.Path + " <> '')", nil, nil // "title" or "text"
	case c.Op != ":" && c.Path == "title":
		return compileField(c)
	case c.Op != ":":
		return "", nil, &dql.Error{Pos: c.Pos, Reason: "the text is searched by its words, with : or :!"}
	case c.Term.Ends:
		return "", nil, &dql.Error{Pos: c.Pos, Reason: "the wildcard * stands at the end of a word here, not at its beginning"}
	}
	question := wordMatch(c)
	if question == "" {
		return "0", nil, nil
	}
	return matches, []any{question}, nil
}

// wordMatch is the question to the index for one condition, "" if its term has no words. A phrase is its words in their order; without
// quotation marks the words may lie apart.
func wordMatch(c dql.Cond) string {
	words := dql.Words(c.Term.Text)
	if len(words) == 0 {
		return ""
	}
	for i, w := range words {
		words[i] = quoted(w)
	}
	if c.Term.Begins {
		words[len(words)-1] += "*"
	}
	joint := " AND "
	if c.Term.Phrase {
		joint = " + "
	}
	question := "(" + strings.Join(words, joint) + ")"
	if c.Path != "" {
		question = c.Path + " : " + question // "title" or "text"
	}
	return "(" + question + ")"
}

// collect gathers what a query asks the index for, as far as it is not denied.
func collect(e dql.Expr, words *[]string) {
	switch e := e.(type) {
	case dql.Or:
		for _, x := range e {
			collect(x, words)
		}
	case dql.And:
		for _, x := range e {
			collect(x, words)
		}
	case dql.Cond:
		if e.Not || e.Op != ":" || e.Term.Ends || e.Term.Exists() || !indexed(e.Path) || e.Path == "html" {
			return
		}
		if w := wordMatch(e); w != "" {
			*words = append(*words, w)
		}
	}
}

func compileCustomer(c dql.Cond) (string, []any, error) {
	const bears = "EXISTS (SELECT 1 FROM customer c WHERE (c.number = r.customer OR EXISTS (SELECT 1 FROM record_label rl WHERE rl.record = r.seq AND rl.customer = c.number))"
	switch {
	case c.Term.Exists():
		return "r.customer <> 0", nil, nil
	case c.Op != "::" && c.Op != ":" || c.Term.Begins || c.Term.Ends:
		return "", nil, &dql.Error{Pos: c.Pos, Reason: "a customer_id is asked for as a whole, with :: or ::!"}
	}
	return bears + " AND c.name = ?)", []any{c.Term.Text}, nil
}

// compileColumn asks a column of the record, which has one value.
func compileColumn(c dql.Cond, column string) (string, []any, error) {
	switch {
	case c.Term.Exists():
		return column + " <> ''", nil, nil
	case column == "r.time":
		return compare(c, column)
	case c.Op != "::" && c.Op != ":" || c.Term.Begins || c.Term.Ends:
		return "", nil, &dql.Error{Pos: c.Pos, Reason: "identifiers are asked for as a whole, with :: or ::!"}
	}
	return column + " = ?", []any{c.Term.Text}, nil
}

// compileField asks the values under a path, of which there may be several: one of them has to match.
func compileField(c dql.Cond) (string, []any, error) {
	const under = "EXISTS (SELECT 1 FROM item_field f WHERE f.record = r.seq AND f.path = ?"
	var cond string
	args := []any{c.Path}
	switch {
	case c.Term.Exists(): // "metadata" is there when "metadata.author" is
		return under + " OR f.record = r.seq AND f.path >= ? AND f.path < ?)", []any{c.Path, c.Path + ".", c.Path + "/"}, nil
	case c.Op == "::":
		cond, args = "f.value = ?", append(args, c.Term.Text)
		if n, err := strconv.ParseFloat(c.Term.Text, 64); err == nil && !c.Term.Phrase { // 5 is 5.0
			cond, args = "(f.value = ? OR f.number = ?)", append(args, n)
		}
	case c.Op == ":":
		words := fieldWords(c.Term)
		if words == "" {
			return "0", nil, nil
		}
		cond, args = "f.words GLOB ?", append(args, words)
	default:
		comparison, more, err := compare(c, "f.number")
		if err != nil {
			return "", nil, err
		}
		cond, args = comparison, append(args, more...)
	}
	return under + " AND " + cond + ")", args, nil
}

// fieldWords is a pattern of GLOB for words beside each other. Words are letters and digits, so none of them means anything to GLOB.
func fieldWords(t dql.Term) string {
	words := dql.Words(t.Text)
	if len(words) == 0 {
		return ""
	}
	pattern := strings.Join(words, " ")
	if !t.Ends {
		pattern = " " + pattern
	}
	if !t.Begins {
		pattern += " "
	}
	return "*" + pattern + "*"
}

// compare is a comparison with a number or a date. A date is the whole day: "<=2020-07-31" holds through its evening.
func compare(c dql.Cond, column string) (string, []any, error) {
	from, until, isDate := daySpan(c.Term.Text)
	if !isDate {
		n, err := strconv.ParseFloat(c.Term.Text, 64)
		if err != nil || c.Term.Begins || c.Term.Ends {
			return "", nil, &dql.Error{Pos: c.Pos, Reason: "< <= > >= compare numbers and dates, which are written 2020-07-01 or 2020-07-01T04:00:00Z"}
		}
		return column + " " + orEquals(c.Op) + " ?", []any{n}, nil
	}
	switch c.Op {
	case "<":
		return column + " < ?", []any{from}, nil
	case "<=":
		return column + " < ?", []any{until}, nil
	case ">":
		return column + " >= ?", []any{until}, nil
	case ">=":
		return column + " >= ?", []any{from}, nil
	}
	return "(" + column + " >= ? AND " + column + " < ?)", []any{from, until}, nil
}

func orEquals(op string) string {
	if strings.HasPrefix(op, ":") {
		return "="
	}
	return op
}
