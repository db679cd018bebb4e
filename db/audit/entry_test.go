package audit

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var sum = strings.Repeat("0123456789abcdef", 4)

func proposed() Entry {
	return Entry{Number: 12, Time: noon.Add(1500 * time.Microsecond), Actor: ActorOf("user", 3), Event: ErasureProposed,
		Object: ObjectOf(KindErasure, 7), Counts: map[string]int64{CountServices: 2, CountRecords: 41, CountCutoff: 900},
		Commits: map[string]string{CommitManifest: sum}}
}

func TestCanonical(t *testing.T) {
	want := `{"actor":"user/3","commits":{"manifest":"` + sum + `"},"counts":{"cutoff":900,"records":41,"services":2},` +
		`"event":"erasure.proposed","number":12,"object":"erasure/7","time":"2026-03-03T12:00:00.001Z","v":1}`
	got, err := proposed().Canonical()
	if err != nil || string(got) != want {
		t.Fatalf("got  %s (%v)\nwant %s", got, err, want)
	}
	e, err := Parse(got)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := e.Canonical(); !bytes.Equal(again, got) {
		t.Errorf("parsed and written again it reads %s", again)
	}
	east := proposed()
	east.Time = east.Time.In(time.FixedZone("east", 7200))
	if got, _ := east.Canonical(); string(got) != want {
		t.Errorf("another time zone changes the leaf: %s", got)
	}
	least := Entry{Time: noon, Actor: System, Event: LogCreated}
	if got, _ := least.Canonical(); string(got) != `{"actor":"system","event":"log.created","number":0,"time":"2026-03-03T12:00:00.000Z","v":1}` {
		t.Errorf("an entry without extras reads %s", got)
	}
}

func TestParseTakesOneSpellingOnly(t *testing.T) {
	leaf, _ := proposed().Canonical()
	good := string(leaf)
	for name, bad := range map[string]string{
		"empty":             "",
		"null":              "null",
		"space":             good + " ",
		"newline":           good + "\n",
		"member twice":      strings.Replace(good, `{"actor"`, `{"actor":"user/3","actor"`, 1),
		"unknown member":    strings.Replace(good, `{"actor"`, `{"about":"Ada Lovelace","actor"`, 1),
		"other case":        strings.Replace(good, `"event"`, `"Event"`, 1),
		"escaped letter":    strings.Replace(good, `user/3`, `\u0075ser/3`, 1),
		"order":             strings.Replace(good, `"number":12,"object":"erasure/7"`, `"object":"erasure/7","number":12`, 1),
		"empty counts":      strings.Replace(good, `{"cutoff":900,"records":41,"services":2}`, `{}`, 1),
		"fraction":          strings.Replace(good, `"records":41`, `"records":41.0`, 1),
		"exponent":          strings.Replace(good, `"records":41`, `"records":4e1`, 1),
		"upper-case hex":    strings.Replace(good, "abcdef", "ABCDEF", 1),
		"other version":     strings.Replace(good, `"v":1`, `"v":2`, 1),
		"no version":        strings.Replace(good, `,"v":1`, ``, 1),
		"time without ms":   strings.Replace(good, `00.001Z`, `00Z`, 1),
		"time with offset":  strings.Replace(good, `00.001Z`, `00.001+00:00`, 1),
		"unknown event":     strings.Replace(good, `erasure.proposed`, `erasure.imagined`, 1),
		"wrong kind":        strings.Replace(good, `erasure/7`, `batch/7`, 1),
		"cut":               good[:len(good)-1],
		"two":               good + good,
		"number as a text":  strings.Replace(good, `"number":12`, `"number":"12"`, 1),
		"invalid UTF-8":     strings.Replace(good, `user/3`, "user/\xff", 1),
		"too long":          good + strings.Repeat(" ", maxLeaf),
		"leading zero":      strings.Replace(good, `user/3`, `user/03`, 1),
		"null for a member": strings.Replace(good, `"object":"erasure/7"`, `"object":null`, 1),
	} {
		if bad == good {
			t.Fatalf("%s: the case changes nothing", name)
		}
		if _, err := Parse([]byte(bad)); err == nil {
			t.Errorf("%s: parsed: %s", name, bad)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*Entry){
		"negative number":     func(e *Entry) { e.Number = -1 },
		"huge number":         func(e *Entry) { e.Number = maxSeq + 1 },
		"no time":             func(e *Entry) { e.Time = time.Time{} },
		"year 10000":          func(e *Entry) { e.Time = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"no actor":            func(e *Entry) { e.Actor = "" },
		"actor of no noun":    func(e *Entry) { e.Actor = "service/3" },
		"actor zero":          func(e *Entry) { e.Actor = "user/0" },
		"actor minus":         func(e *Entry) { e.Actor = "user/-3" },
		"actor plus":          func(e *Entry) { e.Actor = "user/+3" },
		"telephone as actor":  func(e *Entry) { e.Actor = "user/491701234567" },
		"no event":            func(e *Entry) { e.Event = "" },
		"no object":           func(e *Entry) { e.Object = "" },
		"object of its event": func(e *Entry) { e.Object = "batch/7" },
		"object unknown":      func(e *Entry) { e.Object = "person/7" },
		"telephone as object": func(e *Entry) { e.Object = "erasure/4917012345" },
		"negative count":      func(e *Entry) { e.Counts[CountRecords] = -1 },
		"card as count":       func(e *Entry) { e.Counts[CountRecords] = 4111111111111111 },
		"card as seq":         func(e *Entry) { e.Counts[CountLastSeq] = 4111111111111111 },
		"unknown count":       func(e *Entry) { e.Counts["people"] = 1 },
		"unknown commitment":  func(e *Entry) { e.Commits["name"] = sum },
		"short commitment":    func(e *Entry) { e.Commits[CommitNote] = sum[:62] },
		"long commitment":     func(e *Entry) { e.Commits[CommitNote] = sum + "00" },
		"not hexadecimal":     func(e *Entry) { e.Commits[CommitNote] = sum[:63] + "g" },
	} {
		e := proposed()
		spoil(&e)
		if b, err := e.Canonical(); err == nil {
			t.Errorf("%s: accepted: %s", name, b)
		}
	}
}

// planted are things that somebody would be sorry to find in an audit trail.
var planted = []string{
	"ada.lovelace@example.com", "Ada Lovelace", "+49 170 1234567", "491701234567", "DE89370400440532013000",
	"4111 1111 1111 1111", "192.0.2.17", "customer_id=ada", "slack_U024BE7LH", "1815-12-10", "42 Ada Street", "ada",
	"user/ada", "erasure/ada@example.com", "Zoë", "user/3 ", "user/3\n", "ADA/3", "\"", "\\", "\x00", "user/３",
}

// TestPersonalDataIsRefused plants each of them in every place where a string
// can stand (law L10), and looks into the error as well.
func TestPersonalDataIsRefused(t *testing.T) {
	places := map[string]func(*Entry, string){
		"actor":           func(e *Entry, s string) { e.Actor = Actor(s) },
		"event":           func(e *Entry, s string) { e.Event = Event(s) },
		"object":          func(e *Entry, s string) { e.Event, e.Object = ExportMade, Object(s) },
		"free object":     func(e *Entry, s string) { e.Event, e.Object = LogsRead, Object(s) },
		"name of count":   func(e *Entry, s string) { e.Counts[s] = 1 },
		"name of commit":  func(e *Entry, s string) { e.Commits[s] = sum },
		"value of commit": func(e *Entry, s string) { e.Commits[CommitNote] = s },
		"actor's number":  func(e *Entry, s string) { e.Actor = Actor("user/" + s) },
		"object's number": func(e *Entry, s string) { e.Event, e.Object = LogsRead, Object("access/"+s) },
		"end of an event": func(e *Entry, s string) { e.Event += Event("." + s) },
		"end of a commit": func(e *Entry, s string) { e.Commits[CommitNote] = sum + s },
	}
	for place, plant := range places {
		for _, s := range planted {
			e := proposed()
			plant(&e, s)
			b, err := e.Canonical()
			if err == nil {
				t.Errorf("%s: %q is in a leaf: %s", place, s, b)
			} else if len(s) > 2 && strings.Contains(err.Error(), s) {
				t.Errorf("%s: the error repeats %q: %v", place, s, err)
			}
		}
	}
}

// harmless is what a leaf may look like, said a second time in another way.
var harmless = regexp.MustCompile(`^\{"actor":"((user|key)/[1-9][0-9]{0,8}|operator|system|visitor)"` +
	`(,"commits":\{("[a-z]+":"[0-9a-f]{64}",?)+\})?(,"counts":\{("[a-z]+":[0-9]{1,12},?)+\})?` +
	`,"event":"[a-z]+\.[a-z]+","number":[0-9]{1,12}(,"object":"[a-z]+/[1-9][0-9]{0,8}")?` +
	`,"time":"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}Z","v":1\}$`)

func drawEntry(t *rapid.T) Entry {
	word := rapid.OneOf(rapid.String(), rapid.SampledFrom(planted),
		rapid.SampledFrom([]string{"user/3", "key/12", "system", "erasure/7", "service/2", "records", "note", sum}))
	var names, commits []string
	for name := range countLimits {
		names = append(names, name)
	}
	commits = append(commits, commitNames...)
	event := rapid.OneOf(rapid.Map(rapid.SampledFrom(list), func(i EventInfo) string { return string(i.Event) }), word)
	return Entry{
		Number:  rapid.Int64Range(-1, 1<<40).Draw(t, "number"),
		Time:    noon.Add(time.Duration(rapid.Int64().Draw(t, "time"))),
		Actor:   Actor(word.Draw(t, "actor")),
		Event:   Event(event.Draw(t, "event")),
		Object:  Object(word.Draw(t, "object")),
		Counts:  rapid.MapOfN(rapid.OneOf(rapid.SampledFrom(names), word), rapid.Int64Range(-1, 1<<20), 0, 3).Draw(t, "counts"),
		Commits: rapid.MapOfN(rapid.OneOf(rapid.SampledFrom(commits), word), rapid.OneOf(rapid.Just(sum), word), 0, 2).Draw(t, "commits"),
	}
}

func TestWhatIsAcceptedIsHarmless(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, err := drawEntry(t).Canonical()
		if err != nil {
			return
		}
		if !harmless.Match(b) {
			t.Fatalf("a leaf that should not be: %s", b)
		}
		if _, err := Parse(b); err != nil {
			t.Fatalf("%s does not parse back: %v", b, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	leaf, _ := proposed().Canonical()
	f.Add(leaf)
	f.Add([]byte(`{"actor":"system","event":"log.created","number":0,"time":"2026-03-03T12:00:00.000Z","v":1}`))
	f.Add([]byte(`{"actor":"ada@example.com"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := Parse(data)
		if err != nil {
			return
		}
		if slow, err := parseSlowly(data); err != nil || !reflect.DeepEqual(slow, e) {
			t.Fatalf("%q is read fast as %+v, and slowly as %+v (%v)", data, e, slow, err)
		}
		if !harmless.Match(data) {
			t.Fatalf("parsed, and should not be: %q", data)
		}
		if again, err := e.Canonical(); err != nil || !bytes.Equal(again, data) {
			t.Fatalf("%q is written again as %q (%v)", data, again, err)
		}
	})
}

// mostCommits is more than any entry has: the one of a restore has four.
const mostCommits = 8

func TestEveryCountAtOnceFitsInALeaf(t *testing.T) {
	e := Entry{Number: maxSeq, Time: noon, Actor: ActorOf("user", maxNumber), Event: LogsRead, Object: ObjectOf(KindService, maxNumber),
		Counts: map[string]int64{}, Commits: map[string]string{}}
	for name, limit := range countLimits {
		e.Counts[name] = limit
	}
	for _, name := range slices.SortedFunc(slices.Values(commitNames), func(a, b string) int { return len(b) - len(a) })[:mostCommits] {
		e.Commits[name] = sum
	}
	b, err := e.Canonical()
	if err != nil || len(b) > maxLeaf {
		t.Fatalf("%d bytes of at most %d: %v", len(b), maxLeaf, err)
	}
	if _, err := Parse(b); err != nil {
		t.Fatal(err)
	}
}

func TestEventsHaveASentenceEach(t *testing.T) {
	form := regexp.MustCompile(`^[a-z]+\.[a-z]+$`)
	seen := map[string]bool{}
	for _, row := range Events() {
		if !form.MatchString(string(row.Event)) || !row.Event.Valid() || row.Event.Sentence() != row.Sentence || row.Event.Group() == "" {
			t.Errorf("the row of %q is not right", row.Event)
		}
		if !strings.HasSuffix(row.Sentence, ".") || seen[string(row.Event)] || seen[row.Sentence] {
			t.Errorf("%q: %q is no sentence of its own", row.Event, row.Sentence)
		}
		seen[string(row.Event)], seen[row.Sentence] = true, true
	}
	if unknown := Event("erasure.imagined"); unknown.Valid() || unknown.Sentence() != "" || unknown.Group() != "" {
		t.Error("an unknown event is taken for a known one")
	}
}

// TestClosedListsAreComplete reads the constants from the source: one that is
// missing from its table would be refused only when it first happens.
func TestClosedListsAreComplete(t *testing.T) {
	found := map[string]int{}
	for _, name := range []string{"events.go", "counts.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok {
				checkListed(t, found, spec)
			}
			return true
		})
	}
	if found["event"] != len(list) || found["count"] != len(countLimits) || found["commit"] != len(commitNames) {
		t.Errorf("constants %v, rows %d, limits %d, commitments %d", found, len(list), len(countLimits), len(commitNames))
	}
}

// checkListed holds one constant against the list of its kind, and counts it.
func checkListed(t *testing.T, found map[string]int, spec *ast.ValueSpec) {
	if len(spec.Values) != 1 || !spec.Names[0].IsExported() {
		return
	}
	lit, ok := spec.Values[0].(*ast.BasicLit)
	if !ok {
		return
	}
	value, _ := strconv.Unquote(lit.Value)
	name := spec.Names[0].Name
	switch kind, _ := spec.Type.(*ast.Ident); {
	case kind != nil && kind.Name == "Event":
		found["event"]++
		if !Event(value).Valid() {
			t.Errorf("%s has no row in the list", name)
		}
	case strings.HasPrefix(name, "Count"):
		found["count"]++
		if countLimits[value] == 0 {
			t.Errorf("%s has no limit", name)
		}
	case strings.HasPrefix(name, "Commit"):
		found["commit"]++
		if checkCommits(map[string]string{value: sum}) != nil {
			t.Errorf("%s is not in the list", name)
		}
	}
}

func TestObjectSplit(t *testing.T) {
	for o, want := range map[Object]bool{"erasure/7": true, "access/999999999": true, "": false, "erasure": false,
		"erasure/": false, "/7": false, "erasure/0": false, "erasure/07": false, "erasure/7/8": false, "other/7": false} {
		if _, _, ok := o.Split(); ok != want {
			t.Errorf("%q: %v, want %v", o, ok, want)
		}
	}
	if k, n, ok := ObjectOf(KindBatch, 4).Split(); k != KindBatch || n != 4 || !ok {
		t.Errorf("batch/4 splits into %s, %d, %v", k, n, ok)
	}
}
