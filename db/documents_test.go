package db_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"quittance/db"
	"quittance/db/dbtest"
	"quittance/db/dql"
	"quittance/db/label"
)

// library is a store with a few documents of one collection.
func library(t *testing.T) (*db.Store, db.Service) {
	t.Helper()
	s := dbtest.Open(t)
	service := dbtest.Service(t, s, "Library")
	anna := dbtest.ID(t, "anna")
	put := func(id, title, text, other string, fields []db.Field, ids ...label.ID) {
		dbtest.Ingest(t, s, db.NewRecord{Service: service.Number, Kind: db.Document, Time: s.Now(), Answered: s.Now(), Labels: ids, Container: db.Within("e", "c"), Session: id,
			Title: title, FullText: text, OtherText: other, Fields: append(fields, db.Field{Path: "title", Value: title}), Text: text, Body: []byte(`{}`)})
	}
	put("a", "Refunds", "We refund parcels within 14 days.", "Ann Lee", []db.Field{{Path: "metadata.author", Value: "Ann Lee"}, {Path: "metadata.year", Value: "2020", Number: true},
		{Path: "metadata.tags", Value: "money"}, {Path: "metadata.tags", Value: "Parcel post"}, {Path: "published", Value: "2020-07-31T18:00:00Z"}}, anna)
	put("b", "Parcels", "Parcels travel. Parcels arrive. No money here: refunded nothing.", "Bob", []db.Field{{Path: "metadata.author", Value: "Bob"},
		{Path: "metadata.year", Value: "2021.5", Number: true}, {Path: "published", Value: "2020-08-01"}})
	put("c", "Zoë", "Nur deutscher Text: Rückgabe", strings.Repeat("x", 300), []db.Field{{Path: "metadata.long", Value: strings.Repeat("long ", 60)}})
	return s, service
}

func found(t *testing.T, s *db.Store, q db.FindQuery) string {
	t.Helper()
	q.Kinds, q.Container = []db.Kind{db.Document}, db.Within("e", "c")
	if q.Limit == 0 {
		q.Limit = 10
	}
	hits, total, err := s.Find(t.Context(), q)
	if err != nil {
		return err.Error()
	}
	var ids []string
	for _, h := range hits {
		r, err := s.Record(t.Context(), h.Seq)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.Session)
	}
	return fmt.Sprintf("%d %s", total, strings.Join(ids, ""))
}

// TestFindByQuery has the meaning of the query language checked on data.
func TestFindByQuery(t *testing.T) {
	s, service := library(t)
	for query, want := range map[string]string{
		`parcel`:                              "2 ba", // stemmed; twice as often and in the title
		`"travel parcels"`:                    "1 b",  // "travel. Parcels": signs are no words
		`"parcels travel"`:                    "1 b",
		`travel arrive`:                       "1 b",
		`ruckgabe`:                            "1 c", // without its dots
		`parcel,refunds,within`:               "1 a",
		`travel|within`:                       "2 ab",
		`(travel|within),metadata.author:ann`: "1 a",
		`nothing`:                             "1 b",
		`notthere`:                            "0 ",
		`!!!`:                                 "0 ",
		`trav*`:                               "1 b",
		`title:parcels`:                       "1 b",
		`title::Parcels`:                      "1 b",
		`title::parcels`:                      "0 ",
		`text:!parcel`:                        "1 c",
		`text:Ann`:                            "0 ", // it stands elsewhere
		`Ann`:                                 "1 a",
		`metadata.author:ann`:                 "1 a",
		`metadata.author:an`:                  "0 ", // no part of a word
		`metadata.author:an*`:                 "1 a",
		`metadata.author:*ee`:                 "1 a",
		`metadata.author:"ann lee"`:           "1 a",
		`metadata.author:"lee ann"`:           "0 ",
		`metadata.author::"Ann Lee"`:          "1 a",
		`metadata.author::ann`:                "0 ",
		`metadata.author::!Bob`:               "2 ac",
		`metadata.author:!*`:                  "1 c",
		`metadata.author:*`:                   "2 ab",
		`metadata:*`:                          "3 abc",
		`metadata.tags:parcel,metadata.tags::money`: "1 a",
		`metadata.tags::(money|none)`:               "1 a",
		`metadata.tags:!(money,post)`:               "2 bc",
		`metadata.long:long`:                        "1 c",
		`metadata.year>2020`:                        "1 b",
		`metadata.year>=2020,metadata.year<2022`:    "2 ab",
		`metadata.year::2020`:                       "1 a",
		`metadata.year::2020.0`:                     "1 a",
		`published<=2020-07-31`:                     "1 a", // through the evening
		`published>2020-07-31`:                      "1 b",
		`published::2020-08-01`:                     "1 b",
		`published<2020-07-31T19:00:00Z`:            "1 a",
		`id::a`:                                     "1 a",
		`document_id::!a`:                           "2 bc",
		`collection_id::c`:                          "3 abc",
		`customer_id::anna`:                         "1 a",
		`extracted_metadata.customer_id::anna`:      "1 a",
		`customer_id::!anna`:                        "2 bc",
		`customer_id:*`:                             "1 a",
		`title:*`:                                   "3 abc",
		`text::x`:                                   "is not valid at byte 0: the text is searched by its words, with : or :!",
		`*ravel`:                                    "is not valid at byte 0: the wildcard * stands at the end of a word here, not at its beginning",
		`a,enriched_text.entities.text:IBM`:         "is not valid at byte 2: documents are not enriched here, so the fields enriched_… are not there",
		`customer_id:an*`:                           "is not valid at byte 0: a customer_id is asked for as a whole, with :: or ::!",
		`metadata.year>many`:                        "is not valid at byte 0: < <= > >= compare numbers and dates, which are written 2020-07-01 or 2020-07-01T04:00:00Z",
	} {
		e, err := dql.Parse(query)
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		if got := found(t, s, db.FindQuery{ItemQuery: db.ItemQuery{Service: service.Number}, Query: e}); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}

// TestFindInjection: whatever a question holds, it is words. Nothing of SQL or of FTS5's own language gets through, nothing fails, and what is
// not a word of a document finds none.
func TestFindInjection(t *testing.T) {
	s, service := library(t)
	for _, hostile := range []string{
		`"`, `""`, `"""`, `'`, `';--`, `a' OR '1'='1`, `x" OR "parcels`, `NEAR(parcels refund)`, `parcels NOT refund`, `title:parcels`, `{title text}: parcels`,
		`- parcels`, `^parcels`, `parcels*`, `parcels + refund`, `(parcels`, `parcels)`, "\x01parcels\x02", `document_index`, `?1`, `:a`, `@a`, `$a`, `\`, `%`, `_`, `[`, `*`,
		`); DROP TABLE record; --`, `parcels OR`, `AND`, `NOT`, `{`, `col : x`, strings.Repeat(`"a`, 500), strings.Repeat("parcels ", 500), "ＰＡＲＣＥＬＳ", "\u202eparcels",
	} {
		base := db.ItemQuery{Service: service.Number}
		want := "0 "
		words := dql.Words(hostile)
		for _, w := range words {
			switch w {
			case "parcels", "parcel", "refund", "title", "text", "a", "not", "col", "near", "and", "or", "x":
				want = ""
			}
		}
		got := found(t, s, db.FindQuery{ItemQuery: base, Question: hostile})
		if want != "" && got != want || strings.Contains(got, "error") || strings.Contains(got, ":") {
			t.Errorf("%q: %s", hostile, got)
		}
		for _, c := range []dql.Cond{{Op: ":"}, {Op: ":", Path: "text"}, {Op: "::", Path: "metadata.author"}, {Op: ":", Path: hostile}, {Op: "::", Path: "id"},
			{Op: ":", Path: "metadata.author", Term: dql.Term{Begins: true}}, {Op: "::", Path: "customer_id"}} {
			c.Term.Text = hostile
			if got := found(t, s, db.FindQuery{ItemQuery: base, Query: c, Sort: []db.SortBy{{Path: hostile}, {Path: hostile, Desc: true}}}); strings.Contains(got, "error") || strings.Contains(got, ":") {
				t.Errorf("%q as %+v: %s", hostile, c, got)
			}
		}
	}
	if got := found(t, s, db.FindQuery{ItemQuery: db.ItemQuery{Service: service.Number}}); got != "3 abc" {
		t.Errorf("after all that there are %s", got)
	}
}

// TestFindOrder: the best first, or by fields; pages do not overlap.
func TestFindOrder(t *testing.T) {
	s, service := library(t)
	base := db.ItemQuery{Service: service.Number}
	for _, tt := range []struct {
		sort []db.SortBy
		want string
	}{
		{[]db.SortBy{{Path: "metadata.year"}}, "3 abc"},
		{[]db.SortBy{{Path: "metadata.year", Desc: true}}, "3 bac"}, // without a year last, either way
		{[]db.SortBy{{Path: "title", Desc: true}}, "3 cab"},
		{[]db.SortBy{{Path: "id", Desc: true}}, "3 cba"},
	} {
		if got := found(t, s, db.FindQuery{ItemQuery: base, Sort: tt.sort}); got != tt.want {
			t.Errorf("%+v: %s, want %s", tt.sort, got, tt.want)
		}
	}
	pages := ""
	for i := range 4 {
		base.Limit = 1
		pages += " " + found(t, s, db.FindQuery{ItemQuery: base, Question: "parcels refund text", Offset: i})
	}
	if pages != " 3 c 3 a 3 b 3 " {
		t.Errorf("pages:%s", pages)
	}
	_, text, err := s.Marked(t.Context(), 1, db.FindQuery{Question: `refund "14 days"`})
	if want := "We \x01refund\x02 parcels within \x0114 days\x02."; err != nil || text != want {
		t.Errorf("marked %q, %v", text, err)
	}
	if _, _, err := s.Marked(t.Context(), 3, db.FindQuery{Question: "refund"}); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a document without the word: %v", err)
	}
}
