package handlers

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"
	"sync"

	"github.com/a-h/templ"
	"github.com/klauspost/compress/gzip"

	"quittance/db"
	"quittance/db/answer"
	"quittance/db/filter"
	"quittance/handlers/auth"
	"quittance/static"
	"quittance/views"
	"quittance/views/lang"
)

// The web has two verbs. A page is shown; a thing is done, and you are sent on. Neither sees the ResponseWriter, so neither can write
// half an answer.
type (
	show func(*http.Request) (templ.Component, error)
	do   func(*http.Request) (next string, err error)
)

// refused is a form that was not accepted: the same page with what was typed and an error beside the field. It answers 422.
type refused struct{ page templ.Component }

func (refused) Error() string { return "the form was refused" }

// problem is a refusal that has no form to go back to.
type problem struct {
	status int
	title  lang.Word
	detail lang.Word
}

func (p problem) Error() string { return lang.InEnglish(p.title) }

// pointed is a problem whose page leads to what can be done instead.
type pointed struct {
	problem
	href string
	link lang.Word
}

func (p pointed) Unwrap() error { return p.problem }

// statuses is the one place that turns errors into answers. Details go to the log, never to the page.
var statuses = []struct {
	err    error
	status int
	title  lang.Word
	detail lang.Word
}{
	{db.ErrUncommitted, http.StatusNotFound, "This receipt is not signed", "It was written before receipts were signed. The page of the request shows what the store holds."},
	{db.ErrNotFound, http.StatusNotFound, "There is nothing here", "It may have been erased, or the address is not complete; nothing was done. Look for it in its list."},
	{db.ErrMoved, http.StatusConflict, "This has moved on meanwhile", "Somebody was faster, so nothing was done for you. Go back in this browser, load the page anew, and read it before you go on."},
	{db.ErrReleaser, http.StatusForbidden, "A second person must do this", "Whoever prepared an answer or redacted it last cannot release it."},
	{db.ErrFetching, http.StatusConflict, "This is being fetched", "It can be fetched once, and somebody does so at this moment."},
	{answer.ErrMoved, http.StatusConflict, "Records have gone meanwhile", "Some were erased while the answer was read. Try again."},
	{db.ErrFourEyes, http.StatusForbidden, "A second person must do this", "Whoever proposed it can neither approve nor refuse it."},
	{db.ErrBreaker, http.StatusForbidden, "A second person must do this", "Whoever approved an erasure of this batch cannot let it go on after the breaker paused it."},
	{db.ErrHeld, http.StatusConflict, "This is held", "A hold or a restriction keeps it, so nothing was done. An officer sees under Holds which one, and how it ends."},
	{db.ErrRepair, http.StatusUnprocessableEntity, "Choose what to label", "Up to 50 conversations with 1,000 messages in all, and of each conversation one ID."},
	{db.ErrLateLabel, http.StatusConflict, "An erasure would have taken these", "Say that you want them labelled all the same."},
	{db.ErrNoDuplicate, http.StatusConflict, "These are not the same", "Only tickets of the same right that share a customer ID are merged."},
	{db.ErrMergeOrder, http.StatusConflict, "The first one goes on", "The clock runs from the ticket that came first: merge the later one into it."},
	{db.ErrStillErases, http.StatusConflict, "Its erasure has not ended", "The ticket is answered by itself with the last receipt."},
	{db.ErrTicketEmpty, http.StatusConflict, "This ticket was emptied", "The erasure of its customer ID has ended; nothing more is written on it or attached."},
	{db.ErrTicketIDs, http.StatusConflict, "This ticket is full", "A ticket is about at most 50 customer IDs. Open another one for the rest."},
	{db.ErrAssignee, http.StatusConflict, "It cannot be given to them", "A ticket goes to somebody who works on tickets and whose account is in use."},
	{db.ErrSecond, http.StatusForbidden, "A second officer must do this", "Whoever placed a hold cannot confirm its last day, and whoever asked for its end cannot confirm that."},
	{db.ErrLapsed, http.StatusConflict, "The manifest has changed", "More records came under this erasure after you read it. Read it again, then approve."},
	{db.ErrAliases, http.StatusConflict, "The data subject has changed", "An ID was joined with it or parted from it after this was proposed. Take a new cut-off, read it again, then approve."},
	{db.ErrLinked, http.StatusConflict, "A service was linked meanwhile", "This erasure would not call it. Take a new cut-off, read the manifest again, then approve."},
	{db.ErrFollowed, http.StatusConflict, "This is followed up already", "An open request covers what came in. Look at it, and take a new cut-off there if more came."},
	{db.ErrNoSubject, http.StatusConflict, "There is nothing to erase", "No record here bears this ID, and no linked service would be called."},
	{db.ErrTaken, http.StatusConflict, "This name is in use", "Nothing was stored. Go back in this browser and take another one."},
	{db.ErrExpired, http.StatusGone, "This has expired", "It was kept for a time that is over, and nothing was done. Begin again."},
	{db.ErrCorrupt, http.StatusInternalServerError, "This record is damaged", "What is stored does not match its digest, so it is not shown. An administrator must look at the disk."},
	{db.ErrDamaged, http.StatusInternalServerError, "The database is damaged", "A page of it is not as it was written, so nothing on it is shown. An administrator must look at the disk."},
	{db.ErrManyRequests, http.StatusConflict, "These are too many requests for one pack", "A pack holds 20,000 at most. Choose a shorter time, or draw a sample."},
	{db.ErrDrillRuns, http.StatusConflict, "A drill is running already", "Look at the list of drills."},
	{db.ErrImporting, http.StatusConflict, "This file is being imported already", "Look at the list of imports."},
	{db.ErrExporting, http.StatusConflict, "An export of yours is being made", "One at a time for each person. Cancel it, or come back when it is whole."},
	{db.ErrExports, http.StatusConflict, "Too many exports wait here", "Three are made at a time, and sixteen files lie here at most, each for an hour. Fetch and discard yours, or come back later."},
	{db.ErrErasing, http.StatusConflict, "Records are being erased", "No file of records is begun while a batch runs. Come back when it has ended, which is soon."},
	{db.ErrNotYours, http.StatusForbidden, "This file is not yours", "Only whoever asked for an export can fetch it, and nobody else cancels it."},
	{db.ErrFileGone, http.StatusGone, "This file is not here", "It is not whole yet, or not here any more."},
	{db.ErrLow, http.StatusInsufficientStorage, "Too little of the disk is free", "Nothing more is taken in until an administrator has made room. Erasures go on."},
	{db.ErrFull, http.StatusInsufficientStorage, "The disk is full", "Nothing was changed. An administrator must make room; nothing can be erased until then either."},
	{context.DeadlineExceeded, http.StatusGatewayTimeout, "This took too long", "It was stopped before its end. Narrow the question, then try again."},
}

func problemOf(err error) problem {
	var p problem
	if errors.As(err, &p) {
		return p
	}
	var f *filter.Error
	if errors.As(err, &f) {
		return problem{http.StatusBadRequest, "This filter cannot be read", lang.Said("filter is not valid at byte {pos}: {reason}", "pos", f.Pos, "reason", fromBelow(f.Reason))}
	}
	if status := auth.Status(err); status != 0 {
		return problem{status, "This cannot be done now", fromBelow(auth.Sentence(err))}
	}
	for _, s := range statuses {
		if errors.Is(err, s.err) {
			return problem{s.status, s.title, s.detail}
		}
	}
	return problem{http.StatusInternalServerError, "This did not work", "The fault is ours, and nothing was changed by halves. Look whether it was done before you try again; if this happens again, name the request below to an administrator, who finds the reason in the log."}
}

func (f show) serve(s *Server, w http.ResponseWriter, r *http.Request) {
	if err := form(r); err != nil {
		s.fail(w, r, unreadable(err))
		return
	}
	page, err := f(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.formSent(r)
	s.render(w, r, http.StatusOK, page)
}

func (f do) serve(s *Server, w http.ResponseWriter, r *http.Request) {
	if err := form(r); err != nil {
		s.fail(w, r, unreadable(err))
		return
	}
	next, err := f(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.formSent(r)
	if n := visitOf(r).notice; n != nil {
		if err := s.auth.Say(w, r, *n); err != nil {
			s.log.Warn("keeping a message for the next page", "request", requestID(r), "err", err)
		}
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
}

// form reads a form that was posted, so that a broken one is refused and not acted on with the fields that could be read.
func form(r *http.Request) error {
	if r.Method != http.MethodPost {
		return nil
	}
	if mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil && mediaType == "multipart/form-data" {
		return r.ParseMultipartForm(wholeForm)
	}
	return r.ParseForm()
}

// wholeForm is more than any form of the console may send: a file that comes with one stays in memory and never touches the disk.
const wholeForm = 12 << 20

// render writes a page from a buffer, so that a page that fails halfway is an error page and not half a page.
func (s *Server) render(w http.ResponseWriter, r *http.Request, status int, page templ.Component) {
	var body bytes.Buffer
	ctx := views.WithFrame(r.Context(), s.frame(w, r))
	if err := page.Render(ctx, &body); err != nil {
		s.log.Error("rendering a page", "request", requestID(r), "err", err)
		http.Error(w, "This page could not be made. Request "+requestID(r), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Add("Vary", "Accept-Encoding, Accept-Language")
	if !static.AcceptsGzip(r) {
		w.WriteHeader(status)
		w.Write(body.Bytes())
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	pack(w, body.Bytes())
}

// packers are kept, because each holds some hundred kilobytes.
var packers = sync.Pool{New: func() any {
	z, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		panic(err) // the level is a constant
	}
	return z
}}

// pack writes a page compressed. No page holds a secret beside what somebody else can put into it, so its length tells nothing.
func pack(w io.Writer, page []byte) {
	z := packers.Get().(*gzip.Writer)
	defer packers.Put(z)
	z.Reset(w)
	z.Write(page)
	z.Close()
}

// fail answers with the page of an error. Whoever is not signed in is sent to the door, and comes back to where they wanted to go.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var form refused
	if errors.As(err, &form) {
		s.render(w, r, http.StatusUnprocessableEntity, form.page)
		return
	}
	p := problemOf(err)
	if p.status >= http.StatusInternalServerError {
		s.log.Error("a request failed", "request", requestID(r), "route", r.Pattern, "err", err)
	}
	page := views.Error{Status: p.status, Title: p.title, Detail: p.detail, Request: requestID(r), Href: "/", Link: "To the overview"}
	var way pointed
	if errors.As(err, &way) {
		page.Href, page.Link = way.href, way.link
	}
	s.render(w, r, p.status, page)
}

// visit is what one request carries through the house.
type visit struct {
	id     string
	route  string // pattern of the console's route
	notice *auth.Notice
}

type visitKey struct{}

func visitOf(r *http.Request) *visit {
	if v, ok := r.Context().Value(visitKey{}).(*visit); ok {
		return v
	}
	return &visit{}
}

func requestID(r *http.Request) string { return visitOf(r).id }

// notify says something once, on the page that one is sent on to.
func notify(r *http.Request, tone string, text lang.Word) {
	visitOf(r).notice = &auth.Notice{Tone: tone, Text: string(text)}
}

// who is the person that asks. Routes that anybody may take get the zero Identity.
func who(r *http.Request) auth.Identity { return auth.IdentityOf(r.Context()) }

// orDiscard is for tests and tools that want no log.
func orDiscard(log *slog.Logger) *slog.Logger {
	if log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return log
}

// text reads a field of a form without the spaces that people paste around it.
func text(r *http.Request, name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
