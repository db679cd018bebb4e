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
	ids, err := label.ParseHeader(c.service.Kind, c.named(label.Header, queryLabel))
	if err != nil {
		return nil, err
	}
	if len(ids) == 0 && c.service.Unlabelled.At(now) == db.UnlabelledRefused {
		return nil, errUnlabelled
	}
	return ids, nil
}

// named are the values of a header, and for speech of the query parameter by which clients without headers of their own send the same.
func (c *call) named(header, parameter string) []string {
	values := c.Header.Values(header)
	if c.service.Kind == label.SpeechToText || c.service.Kind == label.TextToSpeech {
		values = append(values[:len(values):len(values)], c.query[parameter]...)
	}
	return values
}
