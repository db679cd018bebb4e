package views

import (
	"strings"
	"testing"
)

// The door of an answer speaks the person's language, and without anything to fetch it has no button.
func TestAnswerDoor(t *testing.T) {
	page := render(t, "answer_door", AnswerDoor{Lang: "de", Title: "Ihre Daten", Lead: "Sie liegen bereit.", Once: "Einmal, bis zum 2. März 2026.", Button: "Abholen", Token: "t0ken",
		How: "So lesen Sie sie", Steps: []string{"Abholen.", "Entpacken."}, After: []string{"Wenn die Verbindung abbricht …"}, Contact: "So erreichen Sie uns: mail@example"})
	if !strings.Contains(page, `lang="de"`) || strings.Count(page, `action="/answers/t0ken"`) != 1 {
		t.Error("it is not in German, or has no button")
	}
	gone := render(t, "answer_gone", AnswerDoor{Lang: "en", Title: "Your data was fetched already", Lead: "It was fetched on 2 March 2026.", Contact: "Write to whoever sent you this address."})
	if strings.Contains(gone, `action="/answers/`) || strings.Contains(gone, `class="prose"`) {
		t.Error("it offers what is gone")
	}
}

// Statements of the house and of a service, for who words them and for who reads them.
func TestStatementPages(t *testing.T) {
	v := Statements{Manage: true, Sentence: "1 of 2 are missing.", Language: "en", Languages: []Tab{{Label: "English", Count: 1, Current: true}, {Label: "German", Href: "/statements?language=de"}},
		Places: []StatementPlace{{Name: "The house", Href: "/statements?language=en", Sub: "for every service", Current: true}, {Name: "bot", Href: "/statements?language=en&service=1", Sub: "1 statement of its own"}},
		Rows:   []StatementRow{{Code: "controller", Title: "Who we are", Article: "Art. 15(1)", Hint: "Name and address.", Text: "Example Ltd"}, {Code: "source", Title: "Where from", Article: "Art. 15(1)(g)", Error: "Too long"}}}
	render(t, "statements", v)
	v.Service, v.Name, v.Manage = 1, "bot", false
	v.Rows = []StatementRow{{Code: "controller", Title: "Who we are", Service: true}, {Code: "source", Title: "Where from", Text: "From you.", Service: true, Instead: true}}
	page := render(t, "statements_service", v)
	if strings.Contains(page, "<textarea") || !strings.Contains(page, "As the house states it") {
		t.Error("whoever may not word them is offered to, or an empty one is called missing")
	}
}

// What was made once is shown with what to write to the person.
func TestAnswerSecret(t *testing.T) {
	v := Answer{Ticket: 7, State: State{Tone: "run", Word: "Released"}, Sentence: "1 record was released.", Gaps: []KV{{Key: "No text for Art. 15(2)", Href: "/statements?language=de"}},
		Secret: &AnswerSecret{Passphrase: "abcde-fghij", Until: minute(22, 11, 40), Lang: "de", Letter: "Die Daten sind in der Datei.\n  1. age"}, Prepare: "Prepare it anew", Language: "de"}
	if page := render(t, "answer_secret", v); !strings.Contains(page, `lang="de"`) || !strings.Contains(page, `<option value="de" selected`) {
		t.Error("the letter or the language is not there")
	}
}
