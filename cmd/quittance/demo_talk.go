package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"strings"
	"time"
	"unicode/utf8"
)

// demoService is one hosted Assistant of the demo.
type demoService struct{ name, region, business string }

var demoServices = []demoService{
	{"support-bot", "eu-de", "shop"},
	{"sales-bot", "us-south", "shop"},
	{"claims-bot", "eu-de", "claims"},
	{"returns-bot", "eu-gb", "shop"},
	{"hr-bot", "eu-de", "staff"},
	{"internet-banking", "au-syd", "bank"},
}

// demoSize is how much is made up.
type demoSize struct {
	people  int // who are customers at the end
	records int // that are held of them, and without a label, at the end
	former  int // people who are erased on the way
	span    time.Duration
}

var wholeDemo = demoSize{people: 2000, records: 40_000, former: 46, span: 90 * 24 * time.Hour}

// demoStyle is the way in which an application speaks to the API.
type demoStyle int

const (
	styleSession     demoStyle = iota // v2, the conversation is kept by the service
	styleEnvironment                  // the same under the newer addresses
	styleStateless                    // v2, the application keeps the conversation
	styleV1
)

// demoTurn is one message on its way.
type demoTurn struct {
	text     string
	intent   string
	sure     float64 // of the intent
	entities []demoEntity
}

type demoEntity struct {
	kind, value string
	from, to    int // in code points
}

// demoConversation is what one person writes to one service within some minutes.
type demoConversation struct {
	who      *demoPerson
	service  int
	style    demoStyle
	ids      []string // in the header; none = unlabelled
	optOut   bool
	begins   time.Duration // since the start of the timeline
	pauses   []time.Duration
	turns    []demoTurn
	session  string // kept by the application; of kept ones the service gives it
	vars     map[string]any
	finished bool // the application ends the session after the last turn
	forgets  bool // … and the header with the last turn
}

// demoStep is one message at its time.
type demoStep struct {
	at   time.Duration
	talk *demoConversation
	turn int
}

// demoWorld is all that happens between the applications and the API, in the order of time.
type demoWorld struct {
	r     *rand.Rand // who and what; the same whenever the timeline starts
	when  *rand.Rand
	size  demoSize
	start time.Time // of the timeline
	// people are in the order in which they were made up. The first is cust_8842, who writes to several services and has a second ID;
	// the second is the largest customer; the last ones are the former customers.
	people []*demoPerson
	steps  []demoStep
	waves  []time.Duration
	talks  int         // conversations of current customers so far
	forgot int         // … in which the header is forgotten once
	assist [][2]string // for each service, the ID of its assistant and of its environment
}

// newDemoWorld makes everything up from a seed. The same seed gives the same people and the same words.
func newDemoWorld(seed uint64, size demoSize, start time.Time) *demoWorld {
	w := &demoWorld{r: rand.New(rand.NewPCG(seed, 17)), when: rand.New(rand.NewPCG(seed, 18)), size: size, start: start}
	for range demoServices {
		w.assist = append(w.assist, [2]string{demoUUID(w.r), demoUUID(w.r)})
	}
	w.surge()
	w.settle()
	for _, p := range w.people {
		w.talkative(p)
	}
	w.unlabelled()
	sort.SliceStable(w.steps, func(i, j int) bool { return w.steps[i].at < w.steps[j].at })
	return w
}

// settle makes the people.
func (w *demoWorld) settle() {
	for n := range w.size.people + w.size.former {
		p := newDemoPerson(w.r, n)
		if n >= w.size.people {
			p.former, p.records = true, 3+w.r.IntN(30)
		}
		w.people = append(w.people, p)
	}
	w.people[0].language, w.people[0].ids, w.people[0].services, w.people[0].optOut = "en", []string{"cust_8842", "slack_T024BE7LDU8842KQ"}, []int{0, 3, 5}, false
	w.people[1].ids, w.people[1].language = []string{"cust_1001"}, "de"
	anon := w.size.records * 4 / 100
	known := w.people[2:w.size.people]
	first, second := max(1, w.size.records/600), max(2, w.size.records/40)
	w.people[0].records, w.people[1].records = first, second
	share(w.r, known, w.size.records-anon-first-second)
	w.people[0].values["name"], w.people[0].values["email"] = "Ada Fernsby", "ada.fernsby@example.com"
}

// talkative spreads a person's records over conversations of some turns each.
func (w *demoWorld) talkative(p *demoPerson) {
	for left := p.records; left > 0; {
		n := min(left, 1+w.r.IntN(4)+w.r.IntN(4))
		left -= n
		t := w.conversation(p, n)
		t.ids = p.ids[:1]
		if len(p.ids) > 1 && w.r.IntN(3) > 0 {
			t.ids = p.ids
		}
		t.optOut = p.optOut || w.r.IntN(60) == 0
		w.forget(t)
		w.add(t)
	}
}

// forget lets the application forget the header once in some conversations: their other messages tell whose it is.
func (w *demoWorld) forget(t *demoConversation) {
	if t.who.former || len(t.turns) < 3 || t.who == w.people[0] || t.who == w.people[1] {
		return
	}
	if w.talks++; w.talks%40 == 0 && w.forgot < w.size.records/1000 {
		t.forgets, w.forgot = true, w.forgot+1
		t.turns, t.pauses = append(t.turns, t.turns[len(t.turns)-2]), append(t.pauses, t.pauses[0]) // one more, so that the person's own stay as many
	}
}

// unlabelled are the messages of an application that forgot the header.
func (w *demoWorld) unlabelled() {
	for left := w.size.records*4/100 - w.forgot; left > 0; {
		n := min(left, 1+w.r.IntN(5))
		left -= n
		p := newDemoPerson(w.r, 0)
		p.services = []int{pick(w.r, []int{1, 1, 3})}
		w.add(w.conversation(p, n))
	}
}

func (w *demoWorld) add(t *demoConversation) {
	at := t.begins
	t.who.wroteTo[t.service], t.who.since = true, min(t.who.since, at)
	for i := range t.turns {
		w.steps = append(w.steps, demoStep{at, t, i})
		at += t.pauses[i]
	}
}

// conversation makes up what a person writes to one of their services.
func (w *demoWorld) conversation(p *demoPerson, turns int) *demoConversation {
	t := &demoConversation{who: p, service: pick(w.r, p.services), style: pick(w.r, []demoStyle{styleSession, styleEnvironment, styleStateless, styleStateless}), session: demoUUID(w.r), finished: w.r.IntN(2) > 0}
	if p.language == "en" && w.r.IntN(4) == 0 {
		t.style = styleV1
	}
	for range turns {
		t.pauses = append(t.pauses, time.Duration(4000+w.r.IntN(20_000))*time.Millisecond)
	}
	t.begins = w.moment(p.former)
	t.write(w, turns)
	t.vars = map[string]any{"channel": pick(w.r, []string{"web", "web", "app", "phone", "messenger"}), "plan": pick(w.r, []string{"basic", "plus", "premium"}),
		"returning": w.r.IntN(3) > 0, "page": pick(w.r, []string{"/help", "/account", "/orders", "/contact"}), "app_version": fmt.Sprintf("4.%d.%d", w.r.IntN(12), w.r.IntN(9))}
	if w.r.IntN(3) == 0 {
		t.vars["name"], t.vars["email"] = p.values["name"], p.values["email"]
	}
	return t
}

// formerly is how long before the end of the timeline the last conversation of a former customer is: they are erased in the days after.
const formerly = 9 * 24 * time.Hour

// surge draws when people write: many at the same time, as after a mailing or a broken delivery, so that the applications' messages are
// committed together. Denser lately, by day rather than by night, on working days rather than at the weekend.
func (w *demoWorld) surge() {
	w.waves = []time.Duration{w.size.span - 25*time.Minute, w.size.span - formerly - 2*24*time.Hour}
	for len(w.waves) < max(12, w.size.records/240) {
		at := time.Duration(float64(w.size.span-25*time.Minute) * math.Pow(w.when.Float64(), 0.6))
		t := w.start.Add(at)
		odds := 0.08 + 0.92*math.Exp(-math.Pow(float64(t.Hour())+float64(t.Minute())/60-13.5, 2)/22)
		if d := t.Weekday(); d == time.Saturday || d == time.Sunday {
			odds *= 0.45
		}
		if w.when.Float64() < odds {
			w.waves = append(w.waves, at)
		}
	}
}

// moment draws when a conversation begins.
func (w *demoWorld) moment(former bool) time.Duration {
	for {
		at := pick(w.when, w.waves)
		if !former || at < w.size.span-formerly {
			return at + time.Duration(w.when.IntN(100_000))*time.Millisecond
		}
	}
}

// write fills in the words.
func (t *demoConversation) write(w *demoWorld, turns int) {
	phrases := demoTalk[t.who.language]
	topic := pick(w.r, phrases.topics[demoServices[t.service].business])
	land := demoLands[t.who.language]
	day := w.start.Add(t.begins - time.Duration(1+w.r.IntN(12))*24*time.Hour)
	own := map[string]string{"order": fmt.Sprintf("%s-%06d", pick(w.r, []string{"A", "K", "R"}), w.r.IntN(1e6)),
		"amount": fmt.Sprintf(land.amount, 5+w.r.IntN(400), w.r.IntN(100)), "date": land.day(t.who.language, day)}
	further, common := w.r.Perm(len(topic.further)), w.r.Perm(len(phrases.common)) // nobody says the same thing twice in a row
	for i := range turns {
		line := topic.further[further[i%len(further)]]
		switch {
		case i == 0:
			line = pick(w.r, topic.openers)
		case i == turns-1 && w.r.IntN(2) == 0:
			line = pick(w.r, phrases.thanks)
		case w.r.IntN(4) == 0 || i > len(further):
			line = phrases.common[common[i%len(common)]]
		}
		turn := demoTurn{intent: topic.intent, sure: float64(5000+w.r.IntN(5000)) / 10000}
		turn.fill(line, own, t.who.values)
		t.turns = append(t.turns, turn)
	}
}

// fill puts a person's values into a phrase, and marks those that an assistant would recognise.
func (u *demoTurn) fill(line string, own, person map[string]string) {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(line, "{")
		out.WriteString(before)
		if !found {
			break
		}
		word, after, _ := strings.Cut(rest, "}")
		v, ok := own[word]
		if !ok {
			v = person[word]
		}
		from := utf8.RuneCountInString(out.String())
		out.WriteString(v)
		if ok {
			u.entities = append(u.entities, demoEntity{word, v, from, from + utf8.RuneCountInString(v)})
		}
		line = after
	}
	u.text = out.String()
}
