package watson

import (
	"net/url"
	"strings"

	"quittance/db/label"
)

// deleteUserData accepts the deletion of all that bears a customer ID in this instance, whichever version of the API it came in through,
// and answers after the request is committed (law L1). An ID that nothing bears is no error. The same request may come again: clients
// repeat a DELETE when they heard no answer, and each is accepted with its own cut-off (law L2).
//
// A + in an address reads as a blank (WHATWG URL, application/x-www-form-urlencoded), so ?customer_id=+49… does not name +49…. What was
// read is what is erased, never a guess: where that is no ID the refusal says how to send a +, and where it finds nothing the page of the
// request says that the other one exists.
func deleteUserData(status int) func(*server, *call) (answer, error) {
	return func(s *server, c *call) (answer, error) {
		sibling := c.withPlus()
		id, err := label.Parse(c.service.Kind, c.query.Get("customer_id"))
		if err != nil && !sibling.IsZero() {
			return answer{}, bad(err.Error() + "; a + in an address reads as a blank, so send it as %2B")
		}
		if err != nil {
			return answer{}, err
		}
		if _, err := s.store.AcceptErasureBeside(c.Context(), c.actor(), c.service.Number, id, sibling); err != nil {
			return answer{}, err
		}
		return answer{status: status, body: empty.body}, nil
	}
}

// withPlus is the customer ID that the address would name if its + stood for itself; the zero ID where it has none, or where that would
// be no ID of this kind of service.
func (c *call) withPlus() label.ID {
	for pair := range strings.SplitSeq(c.URL.RawQuery, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if name, err := url.QueryUnescape(name); err != nil || name != "customer_id" || !strings.Contains(value, "+") {
			continue
		}
		raw, err := url.PathUnescape(value) // as the query, but for the +
		if err != nil {
			return label.ID{}
		}
		id, err := label.Parse(c.service.Kind, raw)
		if err != nil {
			return label.ID{}
		}
		return id
	}
	return label.ID{}
}
