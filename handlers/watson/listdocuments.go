package watson

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"quittance/db"
	"quittance/db/dql"
)

// maxListed bounds a list of documents, as in IBM's documents.
const maxListed = 10_000

// listDocuments is v2's list of the IDs in a collection. Every document here is available, and none is the parent or the child of another.
func (s *server) listDocuments(c *call) (answer, error) {
	q, none, err := c.readDocumentList()
	if err != nil {
		return answer{}, err
	}
	type id struct {
		DocumentID string `json:"document_id"`
	}
	out := struct {
		Matching  int64 `json:"matching_results"`
		Documents []id  `json:"documents"`
	}{0, []id{}}
	if none {
		return answerJSON(http.StatusOK, out)
	}
	if c.leave, err = s.listings.enter(c.caller.Key); err != nil {
		return answer{}, err
	}
	ids, total, err := s.store.FindItems(c.Context(), q)
	if err != nil {
		return answer{}, err
	}
	for _, item := range ids {
		out.Documents = append(out.Documents, id{item})
	}
	out.Matching = total
	s.store.NoteLogRead(c.Context(), c.caller.Key, int64(len(ids)))
	return answerJSON(http.StatusOK, out)
}

// readDocumentList reads the parameters; none tells that no document here can be what is asked for.
func (c *call) readDocumentList() (q db.FindQuery, none bool, err error) {
	q = db.FindQuery{ItemQuery: c.documents()}
	q.Limit = 1000
	if v := c.query.Get("count"); v != "" {
		if q.Limit, err = strconv.Atoi(v); err != nil || q.Limit < 0 || q.Limit > maxListed {
			return q, false, bad("The parameter count must be a whole number up to 10000")
		}
	}
	flags := map[string]string{"has_notices": "", "is_parent": ""}
	for name := range flags {
		flags[name] = c.query.Get(name)
		if !slices.Contains([]string{"", "true", "false"}, flags[name]) {
			return q, false, bad("The parameter " + name + " must be true or false")
		}
	}
	status := c.query.Get("status")
	none = status != "" && !slices.Contains(strings.Split(status, ","), "available") || flags["is_parent"] != "" || c.query.Get("parent_document_id") != ""
	var all dql.And
	if flags["has_notices"] != "" {
		all = append(all, dql.Cond{Path: fieldNotices, Op: "::", Not: flags["has_notices"] == "false", Term: dql.Term{Text: "true"}})
	}
	if hash := c.query.Get("sha256"); hash != "" {
		all = append(all, dql.Cond{Path: fieldSHA256, Op: "::", Term: dql.Term{Text: strings.ToLower(hash)}})
	}
	if all != nil {
		q.Filter = all
	}
	return q, none, nil
}
