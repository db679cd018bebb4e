package watson

import "quittance/db/label"

// deleteUserData accepts the deletion of all that bears a customer ID in this instance, whichever version of the API it came in through,
// and answers after the request is committed (law L1). An ID that nothing bears is no error. The same request may come again: clients
// repeat a DELETE when they heard no answer, and each is accepted with its own cut-off (law L2).
func deleteUserData(status int) func(*server, *call) (answer, error) {
	return func(s *server, c *call) (answer, error) {
		id, err := label.Parse(c.service.Kind, c.query.Get("customer_id"))
		if err != nil {
			return answer{}, err
		}
		if _, err := s.store.AcceptErasure(c.Context(), c.actor(), c.service.Number, id); err != nil {
			return answer{}, err
		}
		return answer{status: status, body: empty.body}, nil
	}
}
