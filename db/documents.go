package db

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"quittance/db/dql"
)

// FindQuery asks for documents, or for what was asked of them, by what they say (Watson Discovery).
type FindQuery struct {
	ItemQuery           // Service, Kinds, Container or Within, Limit
	Containers []string // only these; nil = all
	Question   string   // natural language: whatever bears one of its words, the best first
	Query      dql.Expr // what bears it, the best first; nil = none
	Filter     dql.Expr // what bears it; nil = none
	Sort       []SortBy // instead of the best first
	Offset     int
}

// SortBy orders by the values of a field. Records without one come last.
type SortBy struct {
	Path string
	Desc bool
}

// Hit is a record that a search found.
type Hit struct {
	Seq   int64
	Score float64 // larger is better; 1 for all where nothing was ranked
}

// unranked orders what has no rank: as it came in. Equal ranks are ordered so too, so that pages do not overlap.
const unranked = "r.seq"

// Find finds records and counts how many there are in all. A question that the store cannot answer is a *dql.Error.
func (s *Store) Find(ctx context.Context, q FindQuery) (hits []Hit, total int64, err error) {
	c, err := s.compiled(ctx, q)
	if err != nil {
		return nil, 0, err
	}
	query, args := c.sql("count(*)")
	if err := s.readers.QueryRowContext(ctx, query, args...).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("counting what a search finds: %w", err)
	}
	query, args = c.sql("r.seq, " + c.score())
	order, orderArgs := q.order(c)
	rows, err := s.readers.QueryContext(ctx, query+" ORDER BY "+order+" LIMIT ? OFFSET ?", append(append(args, orderArgs...), q.Limit, q.Offset)...)
	err = each(rows, err, func() error {
		var h Hit
		err := rows.Scan(&h.Seq, &h.Score)
		hits = append(hits, h)
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("searching: %w", err)
	}
	return hits, total, nil
}

func (q FindQuery) order(c *search) (order string, args []any) {
	for _, s := range q.Sort {
		way := " ASC"
		if s.Desc {
			way = " DESC"
		}
		if s.Path == "score" {
			order += "score" + way + ", "
			continue
		}
		value, more := fieldValue(s.Path, q.logs())
		order, args = order+value+" IS NULL, "+value+way+", ", append(append(args, more...), more...)
	}
	if len(q.Sort) == 0 && c.ranks != "" {
		order = "score DESC, "
	}
	return order + unranked, args
}

// fieldValue is what a record is sorted by: its smallest number or text under a path.
func fieldValue(path string, logs bool) (sql string, args []any) {
	if column := columnOf(path, logs); column != "" {
		return column, nil
	}
	return "(SELECT min(coalesce(f.number, f.value)) FROM item_field f WHERE f.record = r.seq AND f.path = ?)", []any{path}
}

// search is a FindQuery on its way to SQL. Each value of the question is an argument.
type search struct {
	ranks string // the question to the index that gives the scores; "" = all score 1
	where []string
	args  []any
}

// logs tells that queries and events are asked for rather than documents.
func (q FindQuery) logs() bool { return !slices.Contains(q.Kinds, Document) }

// compiled is a question that leaves out the records of those who are restricted.
func (s *Store) compiled(ctx context.Context, q FindQuery) (*search, error) {
	c, err := q.compile()
	if err != nil {
		return nil, err
	}
	k, err := s.anyKept(ctx)
	if k.frozen {
		c.add(thawed)
	}
	return c, err
}

// compile turns a question into conditions.
func (q FindQuery) compile() (*search, error) {
	q.After = 0
	where, args := q.ItemQuery.where()
	c := &search{where: []string{where}, args: args}
	if q.Containers != nil {
		c.add("r.container IN ("+marks(len(q.Containers))+")", anys(q.Containers)...)
	}
	c.ranks = q.ranking()
	if q.Question != "" {
		c.match(c.ranks)
	}
	for _, e := range []dql.Expr{q.Filter, q.Query} {
		if e == nil {
			continue
		}
		sql, args, err := compileExpr(e, q.logs())
		if err != nil {
			return nil, err
		}
		c.add(sql, args...)
	}
	return c, nil
}

func (c *search) add(cond string, args ...any) {
	c.where, c.args = append(c.where, cond), append(c.args, args...)
}

func (c *search) match(question string) {
	if question == "" { // of signs alone
		c.add("0")
		return
	}
	c.add(matches, question)
}

// matches is what stands for a question to the index. The question itself is an argument.
const matches = "r.seq IN (SELECT rowid FROM document_index WHERE document_index MATCH ?)"

// sql asks for columns of what the search finds.
func (c *search) sql(columns string) (string, []any) {
	with, from, args := "", "record r", c.args
	if c.ranks != "" {
		// A word in the title weighs more than one in the text, and that more than one elsewhere.
		// Materialized, so that the index is asked once and not for each record.
		with = `WITH m AS MATERIALIZED (SELECT rowid AS record, -bm25(document_index, 4.0, 2.0, 1.0) AS score FROM document_index WHERE document_index MATCH ?) `
		from, args = "record r LEFT JOIN m ON m.record = r.seq", append([]any{c.ranks}, args...)
	}
	return with + "SELECT " + columns + " FROM " + from + " WHERE " + strings.Join(c.where, " AND "), args
}

func (c *search) score() string {
	if c.ranks == "" {
		return "1.0 AS score"
	}
	return "coalesce(m.score, 0.0) AS score"
}

// ranking is the question to the index by which results are ranked and their words marked: those of the question in natural language, or
// those that the query asks for anywhere, in the title or in the text.
func (q FindQuery) ranking() string {
	if q.Question != "" {
		return naturalMatch(q.Question)
	}
	var words []string
	collect(q.Query, &words)
	return strings.Join(words, " OR ")
}

// maxQuestion is how many words of a question are looked for.
const maxQuestion = 64

// naturalMatch asks for any of the words. What stands in quotation marks counts once more as a phrase ("Natural Language Query operator").
func naturalMatch(question string) string {
	var parts []string
	seen := map[string]bool{}
	add := func(words ...string) {
		part := quoted(strings.Join(words, " "))
		if len(words) > 0 && !seen[part] && len(parts) < maxQuestion {
			seen[part], parts = true, append(parts, part)
		}
	}
	for i, piece := range strings.Split(question, `"`) {
		words := dql.Words(piece)
		if i%2 == 1 {
			add(words...)
		}
		for _, w := range words {
			add(w)
		}
	}
	return strings.Join(parts, " OR ")
}

// quoted makes words a string of FTS5, in which nothing is an operator ("FTS5 Strings").
func quoted(words string) string { return `"` + strings.ReplaceAll(words, `"`, `""`) + `"` }

// The marks around what Marked found. No text of the index holds them (boundText).
const (
	MarkBegin = "\x01"
	MarkEnd   = "\x02"
)

// Marked gives the title and the text of a document with marks around the words that a search looks for; ErrNotFound when it has none of
// them.
func (s *Store) Marked(ctx context.Context, seq int64, q FindQuery) (title, text string, err error) {
	ranks := q.ranking()
	if ranks == "" {
		return "", "", ErrNotFound
	}
	row := s.readers.QueryRowContext(ctx, `SELECT highlight(document_index, 0, ?, ?), highlight(document_index, 1, ?, ?) FROM document_index
		WHERE document_index MATCH ? AND rowid = ?`, MarkBegin, MarkEnd, MarkBegin, MarkEnd, ranks, seq)
	err = row.Scan(&title, &text)
	return title, text, found(err)
}

// FindItems finds records and gives their own IDs, in the order in which they came in.
func (s *Store) FindItems(ctx context.Context, q FindQuery) (ids []string, total int64, err error) {
	c, err := s.compiled(ctx, q)
	if err != nil {
		return nil, 0, err
	}
	query, args := c.sql("count(*)")
	if err := s.readers.QueryRowContext(ctx, query, args...).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("counting items: %w", err)
	}
	query, args = c.sql("r.session")
	rows, err := s.readers.QueryContext(ctx, query+" ORDER BY r.seq LIMIT ?", append(args, q.Limit)...)
	err = each(rows, err, func() error {
		var id string
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("listing items: %w", err)
	}
	return ids, total, nil
}
