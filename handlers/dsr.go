package handlers

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/label"
	"quittance/db/ticket"
	"quittance/handlers/connect"
	"quittance/handlers/opendsr"
	"quittance/views/lang"
)

// DSRPath is the base of what a controller is told as our address. Paths below it start with the major version, as OpenDSR wants; "2.0" is
// answered too, because its api_version reads so.
const DSRPath = "/opendsr"

// dsrVersions and dsrNames are all ways in which controllers of the years address the same.
var (
	dsrVersions = []string{"/v2", "/2.0"}
	dsrNames    = []string{"/requests", "/opengdpr_requests"}
)

const mostCallbacks = 5

// Processor is us as others see us over OpenDSR: by a domain and the certificate that our answers are signed with.
type Processor struct {
	Domain      string
	Certificate []byte // PEM, with its chain
	Key         *rsa.PrivateKey
	Inside      bool // controllers may be called back at private addresses
}

// dsrDoors are there only where the operator has given us a domain and a certificate.
func (s *Server) dsrDoors(mux *http.ServeMux) {
	if s.conf.OpenDSR == nil {
		return
	}
	for _, version := range dsrVersions {
		mux.HandleFunc("GET "+DSRPath+version+"/discovery", s.dsrDiscovery)
		mux.HandleFunc("GET "+DSRPath+version+"/certificate.pem", s.dsrCertificate)
		mux.HandleFunc("GET "+DSRPath+version+"/results/{token}", s.dsrResults)
		for _, name := range dsrNames {
			mux.HandleFunc("POST "+DSRPath+version+name, s.fileDSR)
			mux.HandleFunc("GET "+DSRPath+version+name+"/{id}", s.dsrStatus)
			mux.HandleFunc("DELETE "+DSRPath+version+name+"/{id}", s.cancelDSR)
		}
	}
}

// dsrRights are what can be asked of us. Portability is answered as access is: the answer is made to be read by machines too.
var dsrRights = map[string]ticket.Right{"erasure": ticket.Erasure, "access": ticket.Access, "portability": ticket.Portability}

// dsrDiscovery says what we take. It is for anybody: a controller reads it before it has a key.
func (s *Server) dsrDiscovery(w http.ResponseWriter, r *http.Request) {
	s.tellController(w, r, http.StatusOK, opendsr.Discovery{APIVersion: opendsr.APIVersion, Types: []string{"access", "portability", opendsr.TypeErasure},
		Identities:  []opendsr.SupportedIdentity{{Type: opendsr.IdentityController, Format: opendsr.FormatRaw}},
		Certificate: strings.TrimSuffix(s.conf.Auth.PublicURL, "/") + DSRPath + dsrVersions[0] + "/certificate.pem"}, nil)
}

func (s *Server) dsrCertificate(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/x-pem-file")
	w.Write(s.conf.OpenDSR.Certificate)
}

// dsrReceived is the answer to a request and to its end; opendsr.Received leaves encoded_request out, which controllers do not read back.
type dsrReceived struct {
	opendsr.Received
	Encoded string `json:"encoded_request,omitempty"`
}

// DSRResults is the base of the addresses at which controllers fetch answers, below our own address.
func DSRResults(public string) string {
	return strings.TrimSuffix(public, "/") + DSRPath + dsrVersions[0] + "/results/"
}

// dsrResults sends an answer to the controller that its results_url was told to, once. It asks for no key: the address is the secret, as that of a
// person's link is, and a controller may hand it on. It is a GET because the protocol gives an address and no more; HEAD burns nothing.
func (s *Server) dsrResults(w http.ResponseWriter, r *http.Request) {
	if err := s.fetches.Take(w.Header(), s.auth.Address(r)); err != nil {
		s.tellController(w, r, 0, nil, err)
		return
	}
	token := r.PathValue("token")
	way, err := s.store.AnswerOf(r.Context(), db.ByLink, token)
	if err == nil && !way.Controller {
		err = db.ErrNotFound
	}
	switch {
	case errors.Is(err, db.ErrNotFound):
		s.tellController(w, r, 0, nil, errNoResults)
	case err != nil:
		s.tellController(w, r, 0, nil, err)
	case r.Method == http.MethodHead:
		attach(w, "application/zip", resultsName)
	default:
		s.sendResults(w, r, token)
	}
}

const resultsName = "results.zip"

// errNoResults does not tell an address that was never there from one that is spent: the status of the request does, to whoever has its key.
var errNoResults = &apiProblem{http.StatusNotFound, "There is no answer to fetch here: it was fetched, its time is over, or it was never there. The status of the request says which.", ""}

func (s *Server) sendResults(w http.ResponseWriter, r *http.Request, token string) {
	s.sendAnswer(w, r, sending{audit.Visitor, db.ByLink, token, resultsName, func(err error) {
		switch {
		case errors.Is(err, db.ErrFetching):
			err = &apiProblem{http.StatusConflict, lang.InEnglish(sayIt(db.ErrFetching)), ""}
		case errors.Is(err, db.ErrNotFound):
			err = errNoResults
		}
		s.tellController(w, r, 0, nil, err)
	}})
}

// fileDSR takes a request in. One that came before has the same answer, to the byte: its encoded form is that of what came now, which is the
// same, and is kept nowhere.
func (s *Server) fileDSR(w http.ResponseWriter, r *http.Request) {
	v, controller, body, err := s.takeDSR(w, r)
	s.tellController(w, r, http.StatusCreated, receivedOf(v, controller, body), err)
}

func receivedOf(v db.DSR, controller string, body []byte) dsrReceived {
	return dsrReceived{opendsr.Received{ControllerID: controller, ID: v.Request, Received: v.Received.UTC(), Expected: v.Expected.UTC().Truncate(time.Second)}, base64.StdEncoding.EncodeToString(body)}
}

func (s *Server) takeDSR(w http.ResponseWriter, r *http.Request) (v db.DSR, controller string, body []byte, err error) {
	key, err := s.deskKey(w, r, s.intake.files)
	if err == nil {
		body, err = jsonBody(w, r)
	}
	var f db.DSRFiling
	if err == nil {
		f, err = s.readDSR(body)
	}
	if err != nil {
		return v, "", nil, err
	}
	f.Key, f.Asked = key, body
	v, err = s.store.FileDSR(r.Context(), f)
	return v, key.ID, body, err
}

// dsrProblem is what is wrong with a request, each with its reason.
type dsrProblem []opendsr.ErrorDetail

// Error implements error.
func (p dsrProblem) Error() string { return "the request is not valid" }

func (p *dsrProblem) add(wrong bool, reason, message string) {
	if wrong {
		*p = append(*p, opendsr.ErrorDetail{Domain: "Validation", Reason: reason, Message: message})
	}
}

// uuid4 is the shape of RFC 9562, section 5.4.
var uuid4 = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$`)

// readDSR parses a request. What is wrong is named by its field and never repeated. Identities of other kinds than ours are passed over where
// there is one that we know, because a controller sends all that it has.
func (s *Server) readDSR(body []byte) (f db.DSRFiling, err error) {
	var q opendsr.Request
	if json.Unmarshal(body, &q) != nil {
		return f, dsrProblem{{Domain: "Validation", Reason: "Malformed", Message: "The body is not a request of OpenDSR 2.0."}}
	}
	var p dsrProblem
	right, known := dsrRights[q.Type]
	p.add(q.Regulation != "gdpr" && q.Regulation != "ccpa", "regulation", "regulation is gdpr or ccpa.")
	p.add(!uuid4.MatchString(q.ID), "subject_request_id", "subject_request_id is a UUID of version 4.")
	p.add(!known, "subject_request_type", "subject_request_type is access, portability or erasure.")
	p.add(q.APIVersion != "" && !strings.HasPrefix(q.APIVersion, "2") && !strings.HasPrefix(q.APIVersion, "1"), "api_version", "api_version is 2.0.")
	now := s.store.Now()
	p.add(q.Submitted.Year() < 2000 || q.Submitted.After(now.Add(5*time.Minute)), "submitted_time", "submitted_time is when the person asked, in RFC 3339, and has come.")
	p.add(len(q.CallbackURL) > mostCallbacks || slices.ContainsFunc(q.CallbackURL, func(u string) bool { return len(u) > 2000 || connect.CheckURL(u, s.conf.OpenDSR.Inside) != nil }),
		"status_callback_urls", "status_callback_urls are at most five addresses that begin with https:// and have neither user nor query.")
	ids := p.identities(q.Identities)
	if len(p) > 0 {
		return f, p
	}
	f = db.DSRFiling{Request: q.ID, Type: q.Type, Callbacks: q.CallbackURL}
	f.NewTicket = db.NewTicket{Right: right, Regime: ticket.EU, Region: "eu", Channel: "opendsr", Received: earlier(q.Submitted, now), IDs: ids}
	if q.Regulation == "ccpa" {
		f.Regime, f.Region = ticket.CCPA, "non-eu"
	}
	return f, nil
}

func (p *dsrProblem) identities(list []opendsr.Identity) (out []label.ID) {
	for _, v := range list {
		if v.Type != opendsr.IdentityController || v.Format != opendsr.FormatRaw {
			continue
		}
		id, err := label.Parse(label.Assistant, v.Value)
		if p.add(err != nil, "subject_identities", "An identity_value is no customer ID."); err == nil {
			out = append(out, id)
		}
	}
	p.add(len(out) == 0 && len(*p) == 0, "subject_identities", "There is no identity of a supported type: controller_customer_id, raw.")
	p.add(len(out) > db.MaxTicketIDs, "subject_identities", "A request has at most 50 identities.")
	return out
}

// dsrStatus tells a controller how its request stands.
func (s *Server) dsrStatus(w http.ResponseWriter, r *http.Request) {
	key, err := s.deskKey(w, r, s.intake.reads)
	var v db.DSR
	if err == nil {
		v, err = s.store.DSR(r.Context(), key.Number, r.PathValue("id"))
	}
	var body connect.DSRStatus
	if err == nil {
		body = connect.DSRStatusOf(v, key.ID, s.conf.OpenDSR.Domain, DSRResults(s.conf.Auth.PublicURL))
	}
	s.tellController(w, r, http.StatusOK, body, err)
}

// cancelDSR takes a request back that nothing has been done for yet.
func (s *Server) cancelDSR(w http.ResponseWriter, r *http.Request) {
	key, err := s.deskKey(w, r, s.intake.files)
	var v db.DSR
	if err == nil {
		v, err = s.store.CancelDSR(r.Context(), key, r.PathValue("id"))
	}
	s.tellController(w, r, http.StatusAccepted, receivedOf(v, key.ID, nil), err)
}

// tellController answers a controller, signed whatever the answer is.
func (s *Server) tellController(w http.ResponseWriter, r *http.Request, status int, v any, err error) {
	if err != nil {
		status, v = s.dsrRefusal(w, r, err)
	}
	body, err := json.Marshal(v)
	if err == nil {
		err = opendsr.Sign(s.conf.OpenDSR.Key, w.Header(), s.conf.OpenDSR.Domain, body)
	}
	if err != nil {
		s.log.Error("an answer could not be signed", "request", requestID(r), "err", err)
		status, body = http.StatusInternalServerError, []byte(`{"error":{"code":500,"message":"Internal Server Error"}}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(body)
}

func (s *Server) dsrRefusal(w http.ResponseWriter, r *http.Request, err error) (int, opendsr.Error) {
	var out opendsr.Error
	var p dsrProblem
	var late *db.NotPending
	switch {
	case errors.As(err, &late):
		out.Error.Code, out.Error.Message = http.StatusBadRequest, "A request can be cancelled only while it is pending; this one is "+late.Status+"."
	case errors.As(err, &p):
		out.Error.Code, out.Error.Message, out.Error.Errors = http.StatusBadRequest, "The request is not valid.", p
	case errors.Is(err, db.ErrFiledOtherwise):
		out.Error.Code, out.Error.Message = http.StatusBadRequest, "This subject_request_id stood for another request before."
	case errors.Is(err, db.ErrMoved):
		out.Error.Code, out.Error.Message = http.StatusBadRequest, "A request can be cancelled only while it is pending."
	case errors.Is(err, db.ErrNotFound):
		out.Error.Code, out.Error.Message = http.StatusNotFound, "There is no such request that this key has filed."
	default:
		q := s.programProblem(w, r, err)
		out.Error.Code, out.Error.Message = q.Status, q.Text
	}
	return out.Error.Code, out
}
