package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/audit"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// sampleKinds are the requests that a sample can be drawn from.
var sampleKinds = []struct {
	kind  string
	words lang.Word
}{
	{"all", "All that were filed"}, {"done", "Done"}, {"partial", "Ended in part at some time"}, {"refused", "Refused"}, {"withdrawn", "Withdrawn"},
}

func sampleWords(kind string) lang.Word {
	for _, k := range sampleKinds {
		if k.kind == kind {
			return k.words
		}
	}
	return lang.Raw(kind)
}

func sampleHref(number int64) string { return "/samples/" + decimal(number) }

// samples lists samples and holds the form for another one.
func (s *Server) samples(r *http.Request) (templ.Component, error) { return s.samplesPage(r) }

func (s *Server) samplesPage(r *http.Request) (views.Samples, error) {
	v := views.Samples{May: who(r).May(auth.Export), Kind: "all", Size: "10", Empty: views.Empty{Title: "No sample yet", Detail: "Each sample stands here with the requests that it drew, and can be drawn again by anybody."}}
	v.Kinds = sampleOptions(v.Kind)
	list, err := s.store.Samples(r.Context(), before(r), pageRows+1)
	if err != nil {
		return v, err
	}
	more := len(list) > pageRows
	list = list[:min(len(list), pageRows)]
	names := s.names(r)
	for _, p := range list {
		v.Rows = append(v.Rows, views.SampleRow{Number: p.Number, Kind: sampleWords(p.Kind), Size: p.Size, Frame: p.Frame, State: sampleState(p), Committed: moment(r, p.Committed), By: names.actor(p.Actor)})
	}
	v.Pager = listPager("/samples?", before(r), int64(len(list)), more, func() int64 { return list[len(list)-1].Number })
	return v, nil
}

func sampleOptions(chosen string) (out []views.Option) {
	for _, k := range sampleKinds {
		out = append(out, views.Option{Value: k.kind, Label: k.words, Selected: k.kind == chosen})
	}
	return out
}

func sampleState(v db.Sample) views.State {
	if v.Drawn.IsZero() {
		return views.State{Tone: "run", Word: "Committed, not drawn"}
	}
	return views.State{Tone: "ok", Icon: "check", Word: "Drawn"}
}

// submitSample commits to the seed of a sample.
func (s *Server) submitSample(r *http.Request) (string, error) {
	page := views.Samples{Kind: text(r, "kind"), Size: text(r, "size"), From: text(r, "from"), To: text(r, "to")}
	n := db.NewSample{Kind: page.Kind}
	n.From, n.To, page.FromErr, page.ToErr = days(r, page.From, page.To)
	if audit.SampleKinds[n.Kind] == nil {
		page.KindErr = "Choose from which requests to draw."
	}
	var err error
	if n.Size, err = strconv.ParseInt(page.Size, 10, 64); err != nil || n.Size < 1 || n.Size > db.MaxSample {
		page.SizeErr = "Write a whole number from 1 to 1,000."
	}
	if page.KindErr+page.SizeErr+page.FromErr+page.ToErr != "" {
		return "", s.refusedSample(r, page)
	}
	number, err := s.store.CommitSample(r.Context(), who(r).Actor(), n)
	if errors.Is(err, db.ErrNoFrame) {
		page.SizeErr = "There are not so many such requests in this time."
		return "", s.refusedSample(r, page)
	}
	return sampleHref(number), err
}

func (s *Server) refusedSample(r *http.Request, page views.Samples) error {
	list, err := s.samplesPage(r)
	if err != nil {
		return err
	}
	page.May, page.Rows, page.Pager, page.Empty, page.Kinds = list.May, list.Rows, list.Pager, list.Empty, sampleOptions(page.Kind)
	return refused{page}
}

// maxWord is how long the word may be that somebody adds to a seed, in bytes.
const maxWord = 200

// drawSample draws what was committed to.
func (s *Server) drawSample(r *http.Request) (string, error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return "", err
	}
	word := r.PostFormValue("word")
	if len(word) > maxWord || !utf8.ValidString(word) {
		page, err := s.samplePage(r, number)
		if err != nil {
			return "", err
		}
		page.WordErr = "Write at most 200 characters."
		return "", refused{page}
	}
	return sampleHref(number), s.store.DrawSample(r.Context(), who(r).Actor(), number, word)
}

// sample shows one sample.
func (s *Server) sample(r *http.Request) (templ.Component, error) {
	number, err := pathNumber(r, "number")
	if err != nil {
		return nil, err
	}
	return s.samplePage(r, number)
}

func (s *Server) samplePage(r *http.Request, number int64) (views.Sample, error) {
	p, err := s.store.Sample(r.Context(), number)
	if err != nil {
		return views.Sample{}, err
	}
	may := who(r).May(auth.Export)
	v := views.Sample{Number: number, Kind: sampleWords(p.Kind), Size: p.Size, Frame: p.Frame, State: sampleState(p), Drawn: !p.Drawn.IsZero(), May: may, SeedHash: p.SeedHash, Seed: p.Seed, WordHash: p.Word}
	v.Pack = v.Drawn && may
	v.Facts = []views.KV{{Key: "Asked for by", Value: s.names(r).actor(p.Actor)}, {Key: "Committed", Value: lang.Moment(moment(r, p.Committed).Text)}, {Key: "Requests", Value: sampleWords(p.Kind)},
		{Key: "Named by entries", Value: lang.Said("{first} to {last}", "first", decimal(p.First), "last", decimal(p.Last))}, {Key: "Drawn from", Value: lang.Counted(p.Frame, "1 request", "{n} requests")}}
	if v.History, err = s.history(r, audit.ObjectOf(audit.KindSample, number)); err != nil || !v.Drawn {
		return v, err
	}
	v.Redraw = lang.Raw(fmt.Sprintf("while read n; do printf '%%s %%s %%d' %s %s $n | sha256sum | sed \"s/-/$n/\"; done < frame.txt | sort | head -%d", p.Seed, p.Word, p.Size))
	return v, s.sampledRows(r, &v)
}

func (s *Server) sampledRows(r *http.Request, v *views.Sample) error {
	drawn, err := s.store.Sampled(r.Context(), v.Number)
	for _, e := range drawn {
		row := views.SampledRow{Number: e.Number, State: stateOf(e.State), Ground: groundWords(e.Ground), Filed: moment(r, e.Proposed), Ended: moment(r, e.Ended)}
		if slices.Contains([]string{"done", "partial"}, string(e.State)) {
			row.Receipt = erasureHref(e.Number) + "/receipt"
		}
		v.Rows = append(v.Rows, row)
	}
	return err
}
