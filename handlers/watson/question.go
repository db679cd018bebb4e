package watson

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"quittance/db"
	"quittance/db/dql"
)

const (
	maxNatural = 2048   // characters of natural_language_query
	maxReach   = 10_000 // count and offset together
	maxPaths   = 50     // fields in return and in sort, collections
)

// question is a query of either version of Discovery, read and checked.
type question struct {
	db.FindQuery
	passages   *passages // nil = none
	highlight  bool
	returned   [][]string // paths; nil = all fields
	passagesOn bool       // asked for, with whatever kind of query
}

// passages says which are wanted.
type passages struct {
	perDocument bool // v2: beside each result; v1, and v2 if asked: in a list of their own
	each        int  // of one document
	count       int  // in the list
	characters  int
	title, text bool
}

// questionV1 is the body of a query of v1, or the parameters of its older form.
type questionV1 struct {
	Filter             string         `json:"filter"`
	Query              string         `json:"query"`
	Natural            string         `json:"natural_language_query"`
	Passages           bool           `json:"passages"`
	PassagesFields     string         `json:"'passages.fields'"`
	PassagesCount      *int           `json:"'passages.count'"`
	PassagesCharacters *int           `json:"'passages.characters'"`
	Count              *int           `json:"count"`
	Offset             int            `json:"offset"`
	Return             jsontext.Value `json:"return"` // "a,b" or ["a","b"]
	Sort               jsontext.Value `json:"sort"`
	Highlight          bool           `json:"highlight"`
	Collections        jsontext.Value `json:"collection_ids"`
	Aggregation        string         `json:"aggregation"`
	Similar            bool           `json:"similar"`
	SimilarIDs         string         `json:"'similar.document_ids'"`
	SimilarFields      string         `json:"'similar.fields'"`
	Bias               string         `json:"bias"`
	Deduplicate        bool           `json:"deduplicate"`
	DeduplicateField   string         `json:"'deduplicate.field'"`
}

// questionV2 is the body of a query of v2.
type questionV2 struct {
	Collections jsontext.Value `json:"collection_ids"`
	Filter      string         `json:"filter"`
	Query       string         `json:"query"`
	Natural     string         `json:"natural_language_query"`
	Aggregation string         `json:"aggregation"`
	Count       *int           `json:"count"`
	Offset      int            `json:"offset"`
	Return      jsontext.Value `json:"return"`
	Sort        jsontext.Value `json:"sort"`
	Highlight   bool           `json:"highlight"`
	Tables      enabled        `json:"table_results"`
	Refinements enabled        `json:"suggested_refinements"`
	Similar     enabled        `json:"similar"`
	Passages    struct {
		Enabled     bool           `json:"enabled"`
		PerDocument *bool          `json:"per_document"`
		Max         *int           `json:"max_per_document"`
		Fields      jsontext.Value `json:"fields"`
		Count       *int           `json:"count"`
		Characters  *int           `json:"characters"`
		Answers     bool           `json:"find_answers"`
	} `json:"passages"`
}

type enabled struct {
	Enabled bool `json:"enabled"`
}

// unsupported refuses a parameter that would change the answer and does not: better no answer than a wrong one.
func unsupported(asked map[string]bool) error {
	for _, name := range []string{"aggregation", "similar", "bias", "deduplicate", "table_results", "suggested_refinements", "passages.find_answers"} {
		if asked[name] {
			return badField(name, "The parameter "+name+" is not supported here: queries find stored documents by their words and fields")
		}
	}
	return nil
}

func (c *call) readQuestionV1() (q question, err error) {
	var asked questionV1
	if c.Method == http.MethodGet {
		err = asked.fromAddress(c.query)
	} else {
		err = c.readJSON(&asked)
	}
	if err != nil {
		return q, err
	}
	err = unsupported(map[string]bool{"aggregation": asked.Aggregation != "", "bias": asked.Bias != "", "deduplicate": asked.Deduplicate || asked.DeduplicateField != "",
		"similar": asked.Similar || asked.SimilarIDs != "" || asked.SimilarFields != ""})
	if err != nil {
		return q, err
	}
	if err := q.ask(asked.Natural, asked.Query, asked.Filter); err != nil {
		return q, err
	}
	if err := q.bound(asked.Count, asked.Offset); err != nil {
		return q, err
	}
	if err := q.shape(asked.Return, asked.Sort, asked.Highlight); err != nil {
		return q, err
	}
	if q.passagesOn = asked.Passages; asked.Passages && asked.Natural != "" {
		q.passages = &passages{each: 3}
		err = q.passages.read(split1(asked.PassagesFields), asked.PassagesFields != "", asked.PassagesCount, asked.PassagesCharacters)
	}
	if err != nil {
		return q, err
	}
	return q, q.within(c, asked.Collections)
}

// fromAddress reads the older form, in which everything stands in the address.
func (a *questionV1) fromAddress(values url.Values) (err error) {
	text := func(name string) jsontext.Value {
		if values.Get(name) == "" {
			return nil
		}
		b, _ := jsontext.AppendQuote(nil, strings.ToValidUTF8(values.Get(name), ""))
		return b
	}
	flag := func(name string) bool {
		v := values.Get(name)
		if v != "" && v != "true" && v != "false" {
			err = bad("The parameter " + name + " must be true or false")
		}
		return v == "true"
	}
	number := func(name string) *int {
		if values.Get(name) == "" {
			return nil
		}
		n, wrong := strconv.Atoi(values.Get(name))
		if wrong != nil {
			err = bad("The parameter " + name + " must be a whole number")
		}
		return &n
	}
	*a = questionV1{Filter: values.Get("filter"), Query: values.Get("query"), Natural: values.Get("natural_language_query"), Passages: flag("passages"),
		PassagesFields: values.Get("passages.fields"), PassagesCount: number("passages.count"), PassagesCharacters: number("passages.characters"),
		Count: number("count"), Return: text("return"), Sort: text("sort"), Highlight: flag("highlight"), Collections: text("collection_ids"),
		Aggregation: values.Get("aggregation"), Similar: flag("similar"), SimilarIDs: values.Get("similar.document_ids"), SimilarFields: values.Get("similar.fields"),
		Bias: values.Get("bias"), Deduplicate: flag("deduplicate"), DeduplicateField: values.Get("deduplicate.field")}
	if offset := number("offset"); offset != nil {
		a.Offset = *offset
	}
	return err
}

func (c *call) readQuestionV2() (q question, err error) {
	var asked questionV2
	if err := c.readJSON(&asked); err != nil {
		return q, err
	}
	err = unsupported(map[string]bool{"aggregation": asked.Aggregation != "", "table_results": asked.Tables.Enabled, "similar": asked.Similar.Enabled,
		"suggested_refinements": asked.Refinements.Enabled, "passages.find_answers": asked.Passages.Enabled && asked.Passages.Answers})
	if err != nil {
		return q, err
	}
	if err := q.ask(asked.Natural, asked.Query, asked.Filter); err != nil {
		return q, err
	}
	if err := q.bound(asked.Count, asked.Offset); err != nil {
		return q, err
	}
	if err := q.shape(asked.Return, asked.Sort, asked.Highlight); err != nil {
		return q, err
	}
	if p := asked.Passages; p.Enabled && asked.Natural != "" {
		fields, err := names("passages.fields", p.Fields)
		if err != nil {
			return q, err
		}
		q.passages = &passages{perDocument: p.PerDocument == nil || *p.PerDocument, each: 1}
		if p.Max != nil {
			q.passages.each = *p.Max
		}
		if err := q.passages.read(fields, fields != nil, p.Count, p.Characters); err != nil {
			return q, err
		}
		q.highlight = q.highlight && !q.passages.perDocument
	}
	return q, q.within(c, asked.Collections)
}

// ask reads what is asked for. A query in natural language and one in the query language are two questions; a filter goes with either.
func (q *question) ask(natural, query, filter string) (err error) {
	if natural != "" && query != "" {
		return bad("A request has natural_language_query or query, not both")
	}
	if utf8.RuneCountInString(natural) > maxNatural {
		return badField("natural_language_query", "natural_language_query is longer than 2048 characters")
	}
	if !utf8.ValidString(natural) || strings.ContainsRune(natural, 0) {
		return badField("natural_language_query", "natural_language_query is not valid UTF-8, or has a NUL character")
	}
	q.Question = natural
	if q.Query, err = parse("query", query); err != nil {
		return err
	}
	q.Filter, err = parse("filter", filter)
	return err
}

func parse(name, text string) (dql.Expr, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	e, err := dql.Parse(text)
	return e, inQuery(name, err)
}

// inQuery says which parameter cannot be read.
func inQuery(name string, err error) error {
	var e *dql.Error
	if errors.As(err, &e) {
		return badField(name, "The parameter "+name+" "+e.Error())
	}
	return err
}

func (q *question) bound(count *int, offset int) error {
	q.Limit, q.Offset = 10, offset
	if count != nil {
		q.Limit = *count
	}
	if q.Limit < 0 || offset < 0 || q.Limit > maxReach || offset > maxReach || q.Limit+offset > maxReach {
		return bad("count and offset are whole numbers, and together at most 10000")
	}
	return nil
}

func (q *question) shape(returned, sort jsontext.Value, highlight bool) error {
	paths, err := names("return", returned)
	if err != nil {
		return err
	}
	for _, p := range paths {
		q.returned = append(q.returned, strings.Split(p, "."))
	}
	order, err := names("sort", sort)
	if err != nil {
		return err
	}
	q.Sort, err = sortBy(order)
	q.highlight = highlight
	return err
}

func sortBy(order []string) (out []db.SortBy, err error) {
	for _, field := range order {
		s := db.SortBy{Path: strings.TrimLeft(field, "+- "), Desc: strings.HasPrefix(field, "-")} // a + in an address is read as a space
		if s.Path == "text" || s.Path == "html" || s.Path == "" {
			return nil, badField("sort", "The parameter sort names fields to sort by, with - or + before them; the text of documents is none")
		}
		if s.Path == "result_metadata.score" {
			s.Path = "score"
		}
		out = append(out, s)
	}
	return out, nil
}

// names reads a list of names, which is a text with commas or a list of texts. An empty one is none.
func names(param string, v jsontext.Value) (out []string, err error) {
	var text string
	switch v.Kind() {
	case 0, 'n':
		return nil, nil
	case '"':
		err = json.Unmarshal(v, &text)
		out = split1(text)
	default:
		err = json.Unmarshal(v, &out)
	}
	if err != nil || len(out) > maxPaths {
		return nil, badField(param, "The parameter "+param+" must be a list of at most 50 names, or one text with commas between them")
	}
	return out, nil
}

func split1(text string) (out []string) {
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.TrimSpace(name); name != "" {
			out = append(out, name)
		}
	}
	return out
}

func (p *passages) read(fields []string, given bool, count, characters *int) error {
	p.count, p.characters, p.title, p.text = 10, 400, true, true
	if count != nil {
		p.count = *count
	}
	if characters != nil {
		p.characters = *characters
	}
	if given && len(fields) > 0 {
		p.title, p.text = false, false
		for _, f := range fields {
			p.title, p.text = p.title || f == "title", p.text || f == "text"
		}
		if !p.title && !p.text {
			return badField("passages.fields", "Passages are taken from the fields text and title only")
		}
	}
	if p.count < 1 || p.count > 100 || p.characters < 50 || p.characters > 2000 || p.each < 1 || p.each > 100 {
		return badField("passages", "passages.count is 1 to 100, passages.characters 50 to 2000, passages.max_per_document 1 to 100")
	}
	return nil
}

// within says where to look: in the collection of the address, in those that are named, or in all of the environment or the project.
func (q *question) within(c *call, collections jsontext.Value) error {
	q.Service, q.Kinds = c.service.Number, []db.Kind{db.Document}
	if c.params["collection"] != "" {
		q.Container = c.container()
		return nil
	}
	q.Within = c.container() // ends in the slash
	ids, err := names("collection_ids", collections)
	if err != nil {
		return err
	}
	if c.isV1() && len(ids) == 0 {
		return badField("collection_ids", "A query of several collections names them in collection_ids")
	}
	for _, id := range ids {
		if !identifier(id) {
			return badField("collection_ids", "A name in collection_ids is not a valid GUID.")
		}
		q.Containers = append(q.Containers, q.Within+id)
	}
	return nil
}
