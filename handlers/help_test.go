package handlers

import (
	"bytes"
	"compress/gzip"
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"quittance/db"
	"quittance/db/erasure"
	"quittance/views"
	"quittance/views/lang"
)

// helpTopicOf is the topic of the help that explains the constants of a type of db.
var helpTopicOf = map[string]string{"erasure.State": "erasure", "erasure.PartState": "part", "erasure.BatchState": "batch", "erasure.BulkState": "list",
	"erasure.HoldState": "hold", "ticket.State": "ticket", "db.DrillOutcome": "drill", "db.ImportState": "import", "db.ExportState": "export", "db.AlarmKind": "alarm", "db.AnswerState": "answer", "db.WayState": "answer",
	"db.ServiceState": "link", "db.KeyState": "link", "connect.FindingState": "link"}

// notExplained are types that end in State or Outcome and stand on no page as they are.
var notExplained = []string{"ticket.Outcome", "clock.State"}

// Every state that the store knows is explained, whichever file declares it: a new constant fails here until the help has it.
func TestHelpKnowsEveryState(t *testing.T) {
	seen := map[string]int{}
	for typ, codes := range stateConstants(t) {
		topic := helpTopicOf[typ]
		if topic == "" && !slices.Contains(notExplained, typ) {
			t.Errorf("no topic of the help explains %s", typ)
		}
		for _, code := range codes {
			seen[topic]++
			if topic != "" && helpEntry(topic, code).Says == "" {
				t.Errorf("the help does not explain %s %q", typ, code)
			}
		}
	}
	for typ, topic := range helpTopicOf {
		if seen[topic] < 4 {
			t.Errorf("only %d constants of %s were found: nothing was compared", seen[topic], typ)
		}
	}
}

// The help shows a state as the pages do.
func TestHelpSaysStatesAsPagesDo(t *testing.T) {
	same := func(topic, code string, page views.State) {
		if got := helpEntry(topic, code).State; got != page {
			t.Errorf("%s %s: the help shows %+v, pages show %+v", topic, code, got, page)
		}
	}
	for s, w := range stateWords {
		same("erasure", string(s), w)
	}
	for s, w := range partWords {
		same("part", string(s), w.state)
	}
	for s, w := range batchWords {
		same("batch", string(s), w)
	}
	for s, w := range bulkWords {
		same("list", string(s), w)
	}
	for s, w := range holdStates {
		same("hold", string(s), w)
	}
	for s, w := range ticketStates {
		same("ticket", string(s), w)
	}
	for s, w := range answerWords {
		same("answer", string(s), w)
	}
	for s, w := range wayWords {
		same("answer", string(s), w)
	}
	for s, w := range serviceWords {
		same("link", string(s), w)
	}
	for s, w := range keyWords {
		same("link", string(s), w)
	}
	for s, w := range findingWords {
		same("link", string(s), w)
	}
	for s, w := range views.ImportStates {
		same("import", s, w)
	}
	for s, w := range views.DrillOutcomes {
		same("drill", s, w)
	}
}

func helpEntry(topic, code string) views.HelpEntry {
	for _, t := range views.HelpTopics {
		for _, e := range t.Entries {
			if t.ID == topic && e.Code == code {
				return e
			}
		}
	}
	return views.HelpEntry{}
}

// stateConstants are the values of the constants under db and connect whose type is a state, an outcome or a kind of alarm, by package and type.
func stateConstants(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, root := range []string{"../db", "connect"} {
		if err := filepath.WalkDir(root, constantsOf(out)); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func constantsOf(out map[string][]string) fs.WalkDirFunc {
	return func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok {
				addConstant(out, file.Name.Name, v)
			}
			return true
		})
		return nil
	}
}

var stateType = regexp.MustCompile(`(State|Outcome|AlarmKind)$`)

func addConstant(out map[string][]string, pkg string, v *ast.ValueSpec) {
	typ, ok := v.Type.(*ast.Ident)
	if !ok || !stateType.MatchString(typ.Name) || len(v.Values) != 1 {
		return
	}
	if lit, ok := v.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
		code, _ := strconv.Unquote(lit.Value)
		out[pkg+"."+typ.Name] = append(out[pkg+"."+typ.Name], code)
	}
}

// Every closed list of codes on the face is explained, and so is each reason of a part and each kind of alarm.
func TestHelpKnowsEveryCode(t *testing.T) {
	named := regexp.MustCompile(`(?m)^var (\w+) = (?:\[\]Coded\{|Refusals\[)`)
	helped, err := os.ReadFile("../views/helpcodes.go")
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob("../views/*.go")
	found := 0
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllSubmatch(text, -1) {
			found++
			if !strings.Contains(string(helped), ", "+string(m[1])+"},") {
				t.Errorf("%s: the list %s is not in views.HelpLists", name, m[1])
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d lists of codes were found: nothing was compared", found)
	}
	for _, code := range erasure.PartCodes {
		if views.PartCodes[code] == "" {
			t.Errorf("the reason %q of a part is not explained", code)
		}
	}
	for _, kind := range db.AlarmKinds {
		if helpEntry("alarm", string(kind)).Says == "" {
			t.Errorf("the alarm %q is not explained", kind)
		}
	}
}

var (
	helpLink = regexp.MustCompile(`"(/help[a-z/-]*)(?:#([a-z0-9-]+))?"`)
	idOfPage = regexp.MustCompile(` id="([^"]+)"`)
)

// Every link to the help that stands in the source, in the help, or in an answer of its search leads to a page that has the place.
func TestHelpLinksLead(t *testing.T) {
	b := openHouse(t, nil).signIn("officer")
	links := map[string]bool{}
	for _, pattern := range []string{"../views/*.go", "../handlers/*.go"} {
		files, _ := filepath.Glob(pattern)
		for _, name := range files {
			if text, err := os.ReadFile(name); err == nil && !strings.HasSuffix(name, "_test.go") {
				addLinks(links, string(text))
			}
		}
	}
	for _, topic := range views.HelpTopics {
		for _, e := range topic.Entries {
			links[topic.Href(e.Code)] = true
		}
	}
	questions := []string{"a", "the art", "service", "17", "Reason of a part", "What stays, and why"}
	for _, l := range views.HelpLists {
		questions = append(questions, lang.InEnglish(l.Title))
	}
	for _, find := range questions {
		addLinks(links, b.post("/help", "find", find).wants(t, http.StatusOK, "Found in the help").body)
	}
	addLinks(links, b.get("/help").body)
	ids := map[string][]string{}
	for _, link := range slices.Sorted(maps.Keys(links)) {
		page, anchor, _ := strings.Cut(link, "#")
		if ids[page] == nil {
			for _, m := range idOfPage.FindAllStringSubmatch(b.get(page).wants(t, http.StatusOK).body, -1) {
				if slices.Contains(ids[page], m[1]) {
					t.Errorf("%s has two places %q", page, m[1])
				}
				ids[page] = append(ids[page], m[1])
			}
		}
		if anchor != "" && !slices.Contains(ids[page], anchor) {
			t.Errorf("%s leads nowhere", link)
		}
	}
	if len(links) < 150 {
		t.Errorf("only %d links were followed", len(links))
	}
}

func addLinks(links map[string]bool, text string) {
	for _, m := range helpLink.FindAllStringSubmatch(text, -1) {
		if m[1] != "/help/" && !strings.HasSuffix(m[2], "-") { // the beginning of an address that is put together
			links[strings.TrimSuffix(m[1]+"#"+m[2], "#")] = true
		}
	}
}

// The search within the help is a form, and answers what it did not find in words.
func TestHelpFinds(t *testing.T) {
	b := openHouse(t, nil).signIn("auditor")
	b.post("/help", "find", "TRIPWIRE ledger").wants(t, http.StatusOK, "/help/words#proof-tripwire", `value="TRIPWIRE ledger"`)
	for _, none := range []string{"zebra", "tripwire zebra"} {
		b.post("/help", "find", none).wants(t, http.StatusOK, "Nothing in the help has all of these words")
	}
	for _, nothing := range []string{"", "  "} {
		if found := views.HelpFind(t.Context(), nothing).Found; len(found) > 0 {
			t.Errorf("nothing was asked, and %d places were found", len(found))
		}
	}
	b.get("/help/nonsense").wants(t, http.StatusNotFound)
}

// What a receipt is explained by are the words that stand on it.
func TestHelpSaysWhatReceiptsSay(t *testing.T) {
	var pages []byte
	files, _ := filepath.Glob("../views/testdata/receipt*.html")
	for _, name := range files {
		page, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, page...)
	}
	told := 0
	for _, topic := range views.HelpTopics {
		if topic.ID != "receipt" {
			continue
		}
		for _, e := range topic.Entries {
			told++
			if word := regexp.QuoteMeta(string(e.State.Word)); !regexp.MustCompile(`<(h2|th|span)\b[^>]*>` + word + `(?: \(|<)`).Match(pages) {
				t.Errorf("no receipt has the word %q", e.State.Word)
			}
		}
	}
	if told < 6 {
		t.Errorf("only %d words of a receipt are explained", told)
	}
}

// No page of the help and no answer of its search is more than 8 kB packed, whatever is asked.
func TestHelpIsLight(t *testing.T) {
	b := openHouse(t, nil).signIn("officer")
	weigh := func(what, body string) {
		if n := packed(t, body); n > 8<<10 || n < 1<<10 {
			t.Errorf("%s is %d bytes packed, want at most 8 kB", what, n)
		}
	}
	pages := slices.Sorted(maps.Keys(helpPages(b.get("/help").body)))
	if len(pages) < 12 {
		t.Fatalf("only %d pages of the help were found", len(pages))
	}
	for _, page := range append(pages, "/help") {
		weigh(page, b.get(page).body)
	}
	for _, find := range longest() {
		weigh("the answer to "+find, b.post("/help", "find", find).body)
	}
}

func helpPages(body string) map[string]bool {
	pages := map[string]bool{}
	addLinks(pages, body)
	delete(pages, "/help")
	return pages
}

// longest are the questions with the longest answers, of all that are one letter or one word of the help.
func longest() []string {
	size := map[string]int{}
	for word := range strings.FieldsSeq(strings.ToLower(wordsOfHelp()) + " a b c d e f g h i k l m n o p r s t u v w y 1 2 3 5") {
		if size[word] == 0 {
			for _, h := range views.HelpFind(context.Background(), word).Found {
				size[word] += len(h.Word+h.Says+h.Source) + len(h.Href)
			}
		}
	}
	all := slices.Sorted(maps.Keys(size))
	slices.SortStableFunc(all, func(a, b string) int { return size[b] - size[a] })
	return all[:12]
}

func wordsOfHelp() string {
	var b strings.Builder
	for _, t := range views.HelpTopics {
		for _, e := range t.Entries {
			b.WriteString(string(e.State.Word + " " + e.Says + " " + e.Source + " "))
		}
	}
	for _, g := range views.HelpGuides {
		for _, s := range g.Steps {
			b.WriteString(string(s.When + " " + s.Do + " "))
		}
	}
	return b.String()
}

// packed is the size of a text as it goes over the wire, in bytes.
func packed(t *testing.T, text string) int {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}
