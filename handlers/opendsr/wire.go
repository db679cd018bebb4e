// Package opendsr knows what OpenDSR 2.0 (Apache-2.0) puts on the wire: the bodies that controllers and processors send each other, and how a
// processor signs its own. It is both sides' vocabulary; who is called when, and what an answer means for an erasure, is left to others.
package opendsr

import "time"

// APIVersion is the version of the protocol that we speak.
const APIVersion = "2.0"

// Headers of what a processor sends.
const (
	HeaderDomain    = "X-OpenDSR-Processor-Domain"
	HeaderSignature = "X-OpenDSR-Signature"
)

// TypeErasure is the request type of Art. 17.
const TypeErasure = "erasure"

// IdentityController is an ID that the controller has chosen: for us the Watson customer ID.
const IdentityController = "controller_customer_id"

// Formats of an identity.
const (
	FormatRaw    = "raw"
	FormatSHA256 = "sha256"
)

// Statuses of a request. There is no "failed" and no "in part".
const (
	Pending    = "pending"
	InProgress = "in_progress"
	Completed  = "completed"
	Cancelled  = "cancelled"
)

// Discovery is the answer to GET /discovery.
type Discovery struct {
	APIVersion  string              `json:"api_version"`
	Identities  []SupportedIdentity `json:"supported_identities"`
	Types       []string            `json:"supported_subject_request_types"`
	Certificate string              `json:"processor_certificate"` // its address, at the same domain
}

// SupportedIdentity is one kind of identity that a processor takes.
type SupportedIdentity struct {
	Type   string `json:"identity_type"`
	Format string `json:"identity_format"`
}

// Identity is one of a person in a request.
type Identity struct {
	Type   string `json:"identity_type"`
	Value  string `json:"identity_value"`
	Format string `json:"identity_format"`
}

// Request is the body of POST /requests.
type Request struct {
	Regulation  string                    `json:"regulation"` // gdpr or ccpa; required, though the example of the specification lacks it
	ID          string                    `json:"subject_request_id"`
	Type        string                    `json:"subject_request_type"`
	Identities  []Identity                `json:"subject_identities"`
	Submitted   time.Time                 `json:"submitted_time"` // of the person's request
	APIVersion  string                    `json:"api_version,omitempty"`
	CallbackURL []string                  `json:"status_callback_urls,omitempty"`
	Extensions  map[string]map[string]any `json:"extensions,omitempty"` // by domain
}

// Received is the answer to POST /requests. Its encoded_request, the request in base64, is not read: it holds the person's IDs.
type Received struct {
	ControllerID string    `json:"controller_id"`
	Expected     time.Time `json:"expected_completion_time,omitzero"`
	Received     time.Time `json:"received_time,omitzero"`
	ID           string    `json:"subject_request_id"`
}

// Status is the answer to GET /requests/{id} and, with CallbackURL, the body of a callback.
type Status struct {
	ControllerID string    `json:"controller_id"`
	Expected     time.Time `json:"expected_completion_time,omitzero"`
	ID           string    `json:"subject_request_id"`
	Status       string    `json:"request_status"`
	CallbackURL  string    `json:"status_callback_url,omitempty"`
	ResultsURL   string    `json:"results_url,omitempty"`
	ResultsCount *int64    `json:"results_count,omitempty"`
}

// Error is the body of a refusal.
type Error struct {
	Error struct {
		Code    int           `json:"code"`
		Message string        `json:"message"`
		Errors  []ErrorDetail `json:"errors,omitempty"`
	} `json:"error"`
}

// ErrorDetail is one of several reasons.
type ErrorDetail struct {
	Domain  string `json:"domain"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}
