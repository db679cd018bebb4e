package watson

import (
	"time"

	"quittance/db"
	"quittance/db/label"
)

// errUnlabelled says how to label (watson-api.md, section 1, "Headers").
var errUnlabelled = bad("This instance takes no message without a customer ID: send it in the header X-Watson-Metadata: customer_id=ID")

// labels reads the customer IDs of a message, and refuses one without where the service's policy demands them. The policy is asked before
// anything is stored: a refused message leaves nothing behind.
func (c *call) labels(now time.Time) ([]label.ID, error) {
	ids, err := label.ParseHeader(c.service.Kind, c.Header.Values(label.Header))
	if err != nil {
		return nil, err
	}
	if len(ids) == 0 && c.service.Unlabelled.At(now) == db.UnlabelledRefused {
		return nil, errUnlabelled
	}
	return ids, nil
}
