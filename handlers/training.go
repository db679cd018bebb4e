package handlers

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"time"

	"github.com/a-h/templ"

	"quittance/db/audit"
	"quittance/db/mask"
	"quittance/db/training"
	"quittance/views"
	"quittance/views/lang"
)

// trainingAtOnce is how many files are checked at the same time: each holds its bytes some times over.
const trainingAtOnce = 2

func (s *Server) trainingCheck(*http.Request) (templ.Component, error) {
	return views.Training{}, nil
}

// checkTraining looks through a file and answers with what it found, or with the cleaned file: the second button sends the file again.
// Nothing of it is kept between the two, not even in memory, so there is nothing to lose, to forget or to look up. That is why this is no
// show: reading the form there could put a large file onto the disk.
func (s *Server) checkTraining(w http.ResponseWriter, r *http.Request) {
	control, until := http.NewResponseController(w), time.Now().Add(downloadTime)
	_ = control.SetReadDeadline(until) // a server without deadlines, as in a test, has none to move
	_ = control.SetWriteDeadline(until)
	select {
	case s.training <- struct{}{}:
		defer func() { <-s.training }()
	case <-r.Context().Done():
		return
	}
	form, err := readTraining(r)
	var report training.Report
	var cleaned []byte
	if err == nil {
		report, cleaned, err = training.Check(r.Context(), form.file, training.Options{KeepHealth: !form.health})
	}
	if err == nil {
		err = s.noteTraining(r, form, report)
	}
	if err != nil {
		s.fail(w, r, trainingProblem(err, form))
		return
	}
	if form.clean {
		sendCleaned(w, report, cleaned)
		return
	}
	s.render(w, r, http.StatusOK, trainingPage(form, report))
}

// noteTraining writes down that a file was checked: its size and how much was found, and nothing of what (law L10).
func (s *Server) noteTraining(r *http.Request, form trainingForm, report training.Report) error {
	event := audit.TrainingChecked
	if form.clean {
		event = audit.TrainingCleaned
	}
	return s.store.Note(r.Context(), who(r).Actor(), event, "", map[string]int64{audit.CountBytes: int64(len(form.file)), audit.CountFinds: report.Total, audit.CountByHand: report.Stay})
}

func sendCleaned(w http.ResponseWriter, report training.Report, cleaned []byte) {
	kind, name := "application/json", "cleaned-skill.json"
	if report.CSV {
		kind, name = "text/csv; charset=utf-8", "cleaned-utterances.csv"
	}
	attach(w, kind, name) // not the name that the file came under: it may hold anything
	w.Write(cleaned)
}

// trainingForm is the form as it came.
type trainingForm struct {
	file   []byte
	chosen bool // a file was sent, be it an empty one
	clean  bool // the cleaned file is wanted
	health bool // words of health are to be taken out too
}

// readTraining reads the form part by part into memory.
func readTraining(r *http.Request) (f trainingForm, err error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return f, unreadable(err)
	}
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return f, nil
		}
		if err == nil {
			err = f.take(part)
		}
		var large *http.MaxBytesError
		switch {
		case errors.As(err, &large):
			return f, err
		case err != nil:
			return f, unreadable(err)
		}
	}
}

func (f *trainingForm) take(part *multipart.Part) error {
	bound := int64(16)
	if part.FormName() == "file" {
		bound = training.MaxBytes + 1
	}
	value, err := io.ReadAll(io.LimitReader(part, bound))
	switch part.FormName() {
	case "file":
		f.file, f.chosen = value, part.FileName() != ""
	case "act":
		f.clean = string(value) == "clean"
	case "health":
		f.health = string(value) == "yes"
	}
	return err
}

// trainingProblem shows the form again where the file is what is wrong.
func trainingProblem(err error, form trainingForm) error {
	var wrong *training.Error
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return refused{views.Training{Error: "The file is larger than 12 MiB.", Filled: true, Health: form.health}}
	case !errors.As(err, &wrong):
		return err
	case !form.chosen:
		return refused{views.Training{Error: "Choose a file.", Filled: true, Health: form.health}}
	}
	return refused{views.Training{Error: fromBelow(wrong.Error()), Filled: true, Health: form.health}}
}

func trainingPage(form trainingForm, report training.Report) views.Training {
	v := views.Training{Filled: true, Checked: true, Health: form.health, CSV: report.CSV, Bytes: int64(len(form.file)), Texts: report.Texts, Total: report.Total, ByHand: report.Stay}
	for _, k := range append(mask.Kinds(), mask.Health) {
		if n := report.Counts[k]; n > 0 {
			v.Kinds = append(v.Kinds, views.TrainingKind{Kind: string(k), Finds: n})
		}
	}
	slices.SortStableFunc(v.Kinds, func(a, b views.TrainingKind) int { return int(b.Finds - a.Finds) })
	for _, f := range report.Finds {
		v.Rows = append(v.Rows, views.TrainingFind{Place: trainingPlace(f.Parts), Path: trainingPath(f), Kind: string(f.Kind), Text: pieces(f.Text), ByHand: f.Stays})
	}
	return v
}

// trainingNouns are what items of a skill are called: with their name, if such items have one, and with their number.
var trainingNouns = map[string][2]lang.Word{
	"action":         {"action “{name}”", "action {n}"},
	"answer":         {"", "answer {n}"},
	"column":         {"", "column {n}"},
	"counterexample": {"", "counterexample {n}"},
	"dialog node":    {"dialog node “{name}”", "dialog node {n}"},
	"entity":         {"entity “{name}”", "entity {n}"},
	"example":        {"", "example {n}"},
	"intent":         {"intent “{name}”", "intent {n}"},
	"line":           {"", "line {n}"},
	"pattern":        {"", "pattern {n}"},
	"step":           {"", "step {n}"},
	"synonym":        {"", "synonym {n}"},
	"value":          {"", "value {n}"},
	"variable":       {"", "variable {n}"},
}

// trainingPlace is where a find stands, in the reader's language.
func trainingPlace(parts []training.Part) lang.Word {
	var out []lang.Word
	for _, p := range parts {
		switch noun := trainingNouns[p.Noun]; {
		case p.Noun == "":
			out = append(out, lang.Raw(p.Name))
		case p.Name != "":
			out = append(out, lang.Said(noun[0], "name", p.Name))
		default:
			out = append(out, lang.Said(noun[1], "n", lang.Figure(int64(p.Number))))
		}
	}
	return lang.InRow(out)
}

// trainingPath is the path of a find within JSON; in a table its place says it all.
func trainingPath(f training.Find) string {
	if f.Path == f.Place() {
		return ""
	}
	return f.Path
}
