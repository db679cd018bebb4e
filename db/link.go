package db

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"quittance/db/audit"
	"quittance/db/label"
)

// Kinds of linked services that are no Watson instance.
const (
	OpenDSR label.Kind = "opendsr" // a processor that speaks OpenDSR 2.0; we are the controller
	HTTP    label.Kind = "http"    // one call, as an administrator wrote it
	Manual  label.Kind = "manual"  // a task for a person
)

// OtherKinds lists them.
func OtherKinds() []label.Kind { return []label.Kind{OpenDSR, HTTP, Manual} }

// IDRules is the kind whose rules a customer ID must keep at a linked service: those that are no Watson instance take whatever is legal anywhere.
func IDRules(k label.Kind) label.Kind {
	if slices.Contains(OtherKinds(), k) {
		return label.Assistant
	}
	return k
}

// Placeholder stands for the customer ID in addresses and bodies.
const Placeholder = "{customer_id}"

// Link is how a linked service that is no Watson instance is spoken to. Nothing in it is secret.
type Link struct {
	// Of HTTP. The URL of the service and Body may hold Placeholder; Body is JSON, "" = none.
	Method   string `json:"method,omitempty"`
	Body     string `json:"body,omitempty"`
	Accepted []int  `json:"accepted,omitempty"` // statuses that mean: it will erase
	Done     []int  `json:"done,omitempty"`     // that mean: it has erased. An administrator declares this; nobody has looked (law L8)
	// Look asks whether anything is left: only then can a part be confirmed. "" = it cannot be asked.
	Look       string `json:"look,omitempty"` // address, with Placeholder
	LookMethod string `json:"look_method,omitempty"`
	LookBody   string `json:"look_body,omitempty"`
	Gone       []int  `json:"gone,omitempty"` // statuses that mean: nothing is there
	TestURL    string `json:"test_url,omitempty"`

	// Of OpenDSR.
	Regulation  string `json:"regulation,omitempty"`  // "gdpr" or "ccpa"
	Domain      string `json:"domain,omitempty"`      // as X-OpenDSR-Processor-Domain must say
	Fingerprint string `json:"fingerprint,omitempty"` // SHA-256 of the certificate that an administrator confirmed, hex

	// Of Manual: what a person has to do.
	Instructions string `json:"instructions,omitempty"`
}

// LinkError says which setting of a linked service is wrong, and why, never what it was.
type LinkError struct{ Field, Reason string }

// Error is one sentence for beside the field.
func (e *LinkError) Error() string { return e.Reason }

// Bounds of what an administrator writes about a linked service.
const (
	MaxInstructions = 4000
	maxTemplate     = 2000
	maxLinkBody     = 16 << 10
)

var (
	linkMethods = []string{"DELETE", "POST", "PUT", "PATCH"} // nothing destructive by GET (law L7)
	lookMethods = []string{"GET", "POST"}
)

// LinkMethods are the methods by which a plain HTTP service may be asked to erase.
func LinkMethods() []string { return slices.Clone(linkMethods) }

// check fills in what is usual and refuses what makes no sense for the kind; address is the URL of the service.
func (l *Link) check(kind label.Kind, address *url.URL) error {
	switch kind {
	case OpenDSR:
		return l.checkOpenDSR(address)
	case HTTP:
		return l.checkHTTP(address)
	case Manual:
		return l.checkManual()
	}
	return nil
}

func (l *Link) checkManual() error {
	l.Instructions = strings.TrimSpace(l.Instructions)
	if l.Instructions == "" || len(l.Instructions) > MaxInstructions || !utf8.ValidString(l.Instructions) {
		return &LinkError{"instructions", "Say in at most 4,000 characters what a person has to do."}
	}
	return nil
}

func (l *Link) checkOpenDSR(address *url.URL) error {
	if l.Domain = strings.ToLower(strings.TrimSpace(l.Domain)); l.Domain == "" {
		l.Domain = strings.ToLower(address.Hostname())
	}
	l.Fingerprint = strings.ToLower(strings.NewReplacer(":", "", " ", "").Replace(l.Fingerprint))
	switch {
	case l.Regulation != "gdpr" && l.Regulation != "ccpa":
		return &LinkError{"regulation", "Choose under which law requests are sent: gdpr or ccpa."}
	case len(l.Domain) > 253 || strings.ContainsAny(l.Domain, "/:@ ") || !utf8.ValidString(l.Domain):
		return &LinkError{"domain", "Write the processor's domain as in dsr.example.com."}
	case len(l.Fingerprint) != 64 || strings.Trim(l.Fingerprint, "0123456789abcdef") != "":
		return &LinkError{"fingerprint", "Write the SHA-256 fingerprint of the processor's certificate: 64 hexadecimal digits, which the test of the connection shows."}
	}
	return nil
}

func (l *Link) checkHTTP(address *url.URL) error {
	if len(l.Accepted) == 0 && len(l.Done) == 0 {
		l.Accepted = []int{200, 202, 204}
	}
	if l.Look != "" && l.LookMethod == "" {
		l.LookMethod = "GET"
	}
	if l.Look != "" && len(l.Gone) == 0 {
		l.Gone = []int{404}
	}
	switch {
	case !slices.Contains(linkMethods, l.Method):
		return &LinkError{"method", "Choose DELETE, POST, PUT or PATCH: nothing is erased by GET."}
	case !hasPlaceholder(address) && !strings.Contains(l.Body, Placeholder):
		return &LinkError{"url", "Say with " + Placeholder + " in the address or the body where the customer ID goes."}
	case !bodyTemplate(l.Body):
		return &LinkError{"body", "The body must be JSON of at most 16 KiB, with " + Placeholder + " inside a text."}
	}
	return l.checkStatuses()
}

func (l *Link) checkStatuses() error {
	for field, list := range map[string][]int{"accepted": l.Accepted, "done": l.Done, "gone": l.Gone} {
		if len(list) > 20 || slices.ContainsFunc(list, func(n int) bool { return n < 200 || n > 599 }) {
			return &LinkError{field, "Write statuses between 200 and 599, with commas."}
		}
	}
	for _, n := range l.Done {
		if slices.Contains(l.Accepted, n) {
			return &LinkError{"done", "A status means either that it will erase or that it has."}
		}
	}
	return l.checkLook()
}

func (l *Link) checkLook() error {
	if u, err := parseTemplate(l.TestURL); l.TestURL != "" && (err != nil || hasPlaceholder(u)) {
		return &LinkError{"test_url", "Write a whole address without a customer ID."}
	}
	if l.Look == "" {
		return nil
	}
	u, err := parseTemplate(l.Look)
	switch {
	case err != nil:
		return &LinkError{"look", "Write a whole address that begins with https:// and has no user and no fragment."}
	case !slices.Contains(lookMethods, l.LookMethod):
		return &LinkError{"look_method", "Choose GET or POST."}
	case !hasPlaceholder(u) && !strings.Contains(l.LookBody, Placeholder):
		return &LinkError{"look", "Say with " + Placeholder + " where the customer ID goes."}
	case !bodyTemplate(l.LookBody):
		return &LinkError{"look_body", "The body must be JSON of at most 16 KiB."}
	}
	return nil
}

func bodyTemplate(s string) bool {
	return s == "" || len(s) <= maxLinkBody && json.Valid([]byte(s))
}

// parseTemplate reads an address that may hold Placeholder in its path and its query, and nowhere else.
func parseTemplate(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || len(raw) > maxTemplate || u.Host == "" || u.User != nil || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http" || strings.Contains(u.Host, "{") {
		return nil, ErrAddress
	}
	return u, nil
}

// hasPlaceholder looks at the parts of an address: as a whole it is escaped.
func hasPlaceholder(u *url.URL) bool {
	return strings.Contains(u.Path, Placeholder) || strings.Contains(u.RawQuery, Placeholder)
}

// json is how the settings are stored.
func (l Link) json() string {
	raw, err := json.Marshal(l)
	if err != nil {
		panic(err) // a struct of numbers and strings always marshals
	}
	return string(raw)
}

// ErrCredential is returned for a service that is to be called at another host with the credential of the one before.
var ErrCredential = errors.New("another host gets no credential that was given for this one; give its own")

// ChangeLinked changes how a linked service is called: URL, Inside, Link and, where it is not nil, Credential. Its kind, name and region stay.
// ErrNotFound where there is no linked service of this number in use; ErrAddress, ErrCredential, *LinkError.
func (s *Store) ChangeLinked(ctx context.Context, by audit.Actor, number int64, n NewLinked) error {
	return s.write(ctx, by, func(t *tx) error {
		was, err := scanService(t.row(serviceColumns+"WHERE number = ? AND hosting = 'linked' AND removed IS NULL", number))
		if err != nil {
			return err
		}
		n.Kind, n.Name, n.Region = was.Kind, was.Name, was.Region
		v, err := n.service()
		if err != nil {
			return err
		}
		if !SameHost(v.URL, was.URL) && n.Credential == nil {
			return ErrCredential
		}
		v.Number = number
		if err := t.keepLink(v, n.Credential); err != nil {
			return err
		}
		return t.note(audit.ServiceChanged, audit.ObjectOf(audit.KindService, number), nil)
	})
}

// SameHost tells whether two addresses lead to the same host and port in the same way.
func SameHost(a, b string) bool { return hostOf(a) == hostOf(b) }

// Described checks what was given, and is the service as it would be kept. With an error it is as far as it could be read.
func (n NewLinked) Described() (Service, error) { return n.service() }

// hostOf is scheme, host and port of an address that was checked before.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
