package connect_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/handlers/connect"
)

// planted is what no mail and no call may hold: a customer ID, names, an address.
var planted = []string{"anna-planted", "Anna Planted", "planted-note", "planted@person.example"}

// hookServer takes calls and checks their signatures.
type hookServer struct {
	*httptest.Server
	mu     sync.Mutex
	key    []byte
	status []int // of the next answers; 204 when it is used up
	after  string
	bodies []string
	ids    []string
	forged int
	failed int    // calls that were answered otherwise
	then   func() // after the call was taken, before it is answered
}

func newHookServer(t *testing.T) *hookServer {
	s := new(hookServer)
	s.Server = httptest.NewServer(http.HandlerFunc(s.take))
	t.Cleanup(s.Close)
	return s
}

func (s *hookServer) take(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	var sec int64
	fmt.Sscan(r.Header.Get("Webhook-Timestamp"), &sec)
	if r.Header.Get("Webhook-Signature") != connect.SignHook(s.key, r.Header.Get("Webhook-Id"), time.Unix(sec, 0), body) {
		s.forged++
	}
	s.bodies, s.ids = append(s.bodies, string(body)), append(s.ids, r.Header.Get("Webhook-Id"))
	status := http.StatusNoContent
	if len(s.status) > 0 {
		status, s.status = s.status[0], s.status[1:]
	}
	if status != http.StatusNoContent {
		s.failed++
	}
	if s.after != "" {
		w.Header().Set("Retry-After", s.after)
	}
	if s.then != nil {
		s.then()
	}
	w.WriteHeader(status)
}

// told is a store with two officers, one of support, and the ways out.
type told struct {
	t                *testing.T
	dir              string
	clock            *dbtest.Clock
	store            *db.Store
	first, second    db.User
	support, auditor db.User
	service          db.Service
	mail             *mailServer
	hook             *hookServer
	notifier         *connect.Notifier
	waiting          string // ID of a mail that waited
}

// keepMailID notes the ID of the mail that waits, in an hour's time when it is due again.
func (w *told) keepMailID() {
	w.t.Helper()
	w.clock.Pass(time.Hour)
	due, err := w.store.DuePosts(w.t.Context())
	w.clock.Pass(-time.Hour)
	i := slices.IndexFunc(due, func(p db.Post) bool { return p.User != 0 })
	if err != nil || i < 0 {
		w.t.Fatal("no mail waits", err)
	}
	w.waiting = due[i].ID
}

// tell opens one; it is closed by itself with the test.
func tell(t *testing.T) *told {
	w := &told{t: t, dir: filepath.Join(t.TempDir(), "data"), clock: dbtest.NewClock(), mail: newMailServer(t), hook: newHookServer(t)}
	w.open()
	w.service = dbtest.Service(t, w.store, "one")
	w.first, w.second = w.person("first", db.RoleOfficer), w.person("second", db.RoleOfficer)
	w.support, w.auditor = w.person("support", db.RoleSupport), w.person("auditor", db.RoleAuditor)
	return w
}

func (w *told) open() {
	w.t.Helper()
	s, err := db.Open(w.t.Context(), w.dir, db.WithClock(w.clock.Now))
	if err != nil {
		w.t.Fatal(err)
	}
	w.store = s
	w.t.Cleanup(func() { s.Close() })
	w.notifier = (&connect.Notifier{Store: s, Log: slog.New(slog.DiscardHandler), Origin: "https://q.example", Inside: true, Mail: mailer(w.t, w.mail, nil),
		Say: phrases, Words: func(_ string, n db.News) (string, string) {
			return string(n.What) + " of " + string(n.Object), "/" + string(n.Object)
		},
		May: func(u db.User, _ db.What) bool { return slices.Contains(u.Roles, db.RoleOfficer) }}).Start()
}

// restart is what a crash leaves: the store as it was committed.
func (w *told) restart() {
	w.t.Helper()
	if err := w.store.Close(); err != nil {
		w.t.Fatal(err)
	}
	w.open()
}

func (w *told) person(name, role string) db.User {
	u, err := w.store.AddUser(w.t.Context(), audit.Operator, db.NewUser{Email: name + "@q.example", Name: name, Roles: []string{role}})
	if err == nil {
		err = w.store.SetWishes(w.t.Context(), u.Number, db.Wishes{Mail: []string{db.GroupWaiting}})
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return u
}

func (w *told) addHook(groups ...string) {
	w.t.Helper()
	plain, _, err := w.store.AddWebhook(w.t.Context(), audit.Operator, w.hook.URL+"/?secret=x", groups)
	if err != nil {
		w.t.Fatal(err)
	}
	w.hook.key, err = base64.StdEncoding.DecodeString(strings.TrimPrefix(plain, "whsec_"))
	if err != nil || len(w.hook.key) != 32 {
		w.t.Fatal(plain, err)
	}
}

// propose files an erasure of somebody new.
func (w *told) propose(by db.User, name string) int64 {
	w.t.Helper()
	dbtest.Ingest(w.t, w.store, dbtest.Message(w.t, w.service.Number, w.clock.Now(), "I am Anna Planted", name))
	sub, _, err := w.store.SubjectOf(w.t.Context(), dbtest.ID(w.t, name))
	if err != nil {
		w.t.Fatal(err)
	}
	n, err := w.store.SubmitErasure(w.t.Context(), by.Actor(), db.Proposal{Subject: sub.Ref, Ground: "17-1-b", Note: "planted-note"})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *told) round() {
	w.t.Helper()
	if err := w.notifier.Round(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// to counts the mails to somebody that hold a word.
func (w *told) to(u db.User, word string) (n int) {
	for _, m := range w.mail.mails() {
		if strings.Contains(m, "To: <"+u.Email+">") && strings.Contains(m, word) {
			n++
		}
	}
	return n
}

// TestTold: whoever may approve and did not propose hears of it, once; a webhook hears of it too; what goes out names nobody.
func TestTold(t *testing.T) {
	w := tell(t)
	w.addHook(db.GroupWaiting)
	n := w.propose(w.first, "anna-planted")
	about := fmt.Sprintf("waiting.erasure of erasure/%d", n)
	for range 3 {
		w.round()
		w.clock.Pass(time.Hour)
	}
	if w.to(w.second, about) != 1 || len(w.mail.mails()) != 1 {
		t.Errorf("mails: %q", w.mail.mails())
	}
	var body connect.HookBody
	if len(w.hook.bodies) != 1 || w.hook.forged != 0 || json.Unmarshal([]byte(w.hook.bodies[0]), &body) != nil {
		t.Fatalf("%d calls, %d forged", len(w.hook.bodies), w.hook.forged)
	}
	if body.Type != "waiting.erasure" || body.Data.Object != fmt.Sprintf("erasure/%d", n) || body.Data.URL != fmt.Sprintf("https://q.example/erasure/%d", n) {
		t.Errorf("%+v", body)
	}
	for _, text := range append(w.mail.mails(), w.hook.bodies...) {
		for _, word := range planted {
			if strings.Contains(text, word) {
				t.Errorf("%q gets out:\n%s", word, text)
			}
		}
	}
}

// TestDigest: what comes within a quarter of an hour stands in one mail, and what was decided before it was told is not told.
func TestDigest(t *testing.T) {
	w := tell(t)
	w.propose(w.first, "a1")
	w.round()
	gone := w.propose(w.first, "a2")
	w.propose(w.first, "a3")
	w.clock.Pass(5 * time.Minute)
	w.round()
	if len(w.mail.mails()) != 1 {
		t.Errorf("a second mail within a quarter of an hour: %q", w.mail.mails())
	}
	if err := w.store.WithdrawErasure(t.Context(), w.first.Actor(), gone); err != nil {
		t.Fatal(err)
	}
	w.propose(w.first, "a4")
	w.clock.Pass(11 * time.Minute)
	w.round()
	if len(w.mail.mails()) != 2 || w.to(w.second, "2 things to look at") != 1 || w.to(w.second, fmt.Sprintf("erasure/%d\n", gone)) != 0 {
		t.Errorf("%q", w.mail.mails())
	}
}

// TestToldLater: a receiver that fails is asked again, later each time and not before it says; it gets the same ID again.
func TestToldLater(t *testing.T) {
	w := tell(t)
	w.addHook(db.GroupWaiting)
	w.hook.status, w.hook.after = []int{503, 500}, "7200"
	w.mail.set(func(m *mailServer) { m.rcpt = "451 later" })
	w.propose(w.first, "a1")
	w.round()
	w.keepMailID()
	w.clock.Pass(time.Hour)
	w.hook.after = ""
	w.round()
	if len(w.hook.ids) != 1 {
		t.Errorf("it was called %d times before it wants to be", len(w.hook.ids))
	}
	alarms, err := w.store.Alarms(t.Context())
	if err != nil || !slices.ContainsFunc(alarms, func(a db.Alarm) bool { return a.Kind == db.AlarmMail }) {
		w.clock.Pass(time.Minute)
		if alarms, err = w.store.Alarms(t.Context()); err != nil || !slices.ContainsFunc(alarms, func(a db.Alarm) bool { return a.Kind == db.AlarmMail }) {
			t.Error("nobody is warned that mail is not taken", alarms, err)
		}
	}
	w.mail.set(func(m *mailServer) { m.rcpt = "" })
	for range 4 {
		w.clock.Pass(2 * time.Hour)
		w.round()
	}
	if len(w.hook.ids) != 3 || w.hook.ids[0] != w.hook.ids[1] || w.hook.ids[0] != w.hook.ids[2] || w.hook.bodies[0] != w.hook.bodies[2] {
		t.Errorf("%d calls, %v", len(w.hook.ids), w.hook.ids)
	}
	if w.to(w.second, "An earlier try to send this may have reached you") != 1 || len(w.mail.mails()) != 1 {
		t.Errorf("%q", w.mail.mails())
	}
	if got := w.mail.mails(); !strings.Contains(got[0], "Message-ID: <"+w.waiting+"@house.example>") {
		t.Errorf("the mail has another ID than the one under which it was tried: %q", got)
	}
	if how, err := w.store.MailState(t.Context()); err != nil || how.Problem != "" || how.Waiting != 0 {
		t.Errorf("%+v %v", how, err)
	}
}

// TestSignHook: the example of Standard Webhooks, as its reference libraries have it.
func TestSignHook(t *testing.T) {
	key, err := base64.StdEncoding.DecodeString("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	got := connect.SignHook(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if err != nil || got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Error(got, err)
	}
}

// TestHookEnds: 410 ends a webhook with all that it was still to be told, and a redirect is no success and is not followed.
func TestHookEnds(t *testing.T) {
	w := tell(t)
	w.addHook(db.GroupWaiting)
	w.hook.status = []int{302, 410}
	w.propose(w.first, "a1")
	w.round()
	w.clock.Pass(time.Minute)
	w.round()
	w.propose(w.first, "a2")
	for range 3 {
		w.clock.Pass(time.Hour)
		w.round()
	}
	list, err := w.store.Webhooks(t.Context())
	if err != nil || len(w.hook.ids) != 2 || w.hook.ids[0] != w.hook.ids[1] || len(list) != 1 || !list[0].Gone || list[0].Ended.IsZero() {
		t.Errorf("%d calls, %+v %v", len(w.hook.ids), list, err)
	}
	if _, _, err := w.store.WebhookCall(t.Context(), 1); err == nil {
		t.Error("its address and secret are still there")
	}
}

// TestGivenUp: after days of trying it ends, and the page can say so.
func TestGivenUp(t *testing.T) {
	w := tell(t)
	w.addHook(db.GroupWaiting)
	for range 40 {
		w.hook.status = append(w.hook.status, 500)
	}
	w.propose(w.first, "a1")
	for range 40 {
		w.round()
		w.clock.Pass(6 * time.Hour)
	}
	how, err := w.store.WebhookState(t.Context(), 1)
	if err != nil || how.GivenUp != 1 || how.Waiting != 0 || how.Problem != "status 500" || len(w.hook.ids) != 24 {
		t.Errorf("%+v %v after %d calls", how, err, len(w.hook.ids))
	}
	if counts, err := w.store.PostCounts(t.Context()); err != nil || counts[[2]string{"webhook", "given up"}] != 1 || counts[[2]string{"mail", "sent"}] != 1 {
		t.Error(counts, err)
	}
}

// TestDisabledHearsNothing: mail that waits for somebody who has gone is dropped.
func TestDisabledHearsNothing(t *testing.T) {
	w := tell(t)
	w.mail.set(func(m *mailServer) { m.rcpt = "451 later" })
	w.propose(w.first, "a1")
	w.round()
	if err := w.store.Disable(t.Context(), audit.Operator, w.second.Number); err != nil {
		t.Fatal(err)
	}
	w.mail.set(func(m *mailServer) { m.rcpt = "" })
	w.clock.Pass(time.Hour)
	w.round()
	if got := w.mail.mails(); len(got) != 0 {
		t.Errorf("%q", got)
	}
	if counts, err := w.store.PostCounts(t.Context()); err != nil || counts[[2]string{"mail", db.PostDropped}] != 1 || len(counts) != 1 {
		t.Errorf("what went to nobody is called sent: %v (%v)", counts, err)
	}
}

// TestLongMail: a mail lists twenty things and says how many more there are, and one that may have arrived before says so.
func TestLongMail(t *testing.T) {
	for several, want := range map[int]string{20: "20 things to look at", 21: "And 1 more:"} {
		w := tell(t)
		for i := range several {
			w.propose(w.first, fmt.Sprint("a", i))
		}
		w.mail.set(func(m *mailServer) { m.rcpt = "451 later" })
		w.round()
		w.mail.set(func(m *mailServer) { m.rcpt = "" })
		w.clock.Pass(time.Hour)
		w.round()
		if w.to(w.second, want) != 1 || w.to(w.second, "more:") != several-20 || w.to(w.second, "An earlier try to send this") != 1 {
			t.Errorf("%d things: %q", several, w.mail.mails())
		}
	}
}

// TestToldOnce: whatever is proposed and decided, and wherever the program is killed between sending and writing down, each erasure that waits
// long enough is told, under one ID; told again only where the program was killed, and then under the same ID.
func TestToldOnce(t *testing.T) {
	checks := flag.Lookup("rapid.checks") // a store is opened in each, and again after each kill
	if most := checks.Value.String(); checks.Value.String() == checks.DefValue {
		defer checks.Value.Set(most)
		if err := checks.Value.Set("20"); err != nil {
			t.Fatal(err)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		w := tell(t)
		w.addHook(db.GroupWaiting)
		var waits []int64
		kills := 0
		for range rapid.IntRange(3, 10).Draw(r, "steps") {
			switch rapid.SampledFrom([]string{"propose", "withdraw", "round", "kill", "restart", "fail"}).Draw(r, "step") {
			case "propose":
				waits = append(waits, w.propose(w.first, fmt.Sprintf("c%d", len(waits))))
			case "withdraw":
				if len(waits) > 0 {
					_ = w.store.WithdrawErasure(t.Context(), w.first.Actor(), waits[0]) // which may have been withdrawn before
				}
			case "round":
				w.round()
			case "kill":
				kills += w.kill()
			case "restart":
				w.restart()
			case "fail":
				w.hook.status = append(w.hook.status, 500)
			}
			w.clock.Pass(time.Duration(rapid.IntRange(1, 30).Draw(r, "minutes")) * time.Minute)
		}
		for range 12 {
			w.round()
			w.clock.Pass(7 * time.Hour)
		}
		w.eachOnce(r, waits, kills)
	})
}

// kill runs a round whose first call is taken and never written down: its context ends before, and the store is closed under it.
func (w *told) kill() (calls int) {
	before := len(w.hook.ids)
	ctx, cancel := context.WithCancel(w.t.Context())
	store := w.store
	w.hook.then = func() { cancel(); store.Close() }
	_ = w.notifier.Round(ctx)
	w.hook.mu.Lock() // the call may still be on its way out
	defer w.hook.mu.Unlock()
	w.hook.then = nil
	if calls = len(w.hook.ids) - before; calls > 0 {
		w.open() // it is closed already
	}
	return calls
}

func (w *told) eachOnce(r *rapid.T, waits []int64, kills int) {
	of := map[string]map[string]int{} // object → ID → calls
	for i, raw := range w.hook.bodies {
		var b connect.HookBody
		if err := json.Unmarshal([]byte(raw), &b); err != nil {
			r.Fatal(err)
		}
		if of[b.Data.Object] == nil {
			of[b.Data.Object] = map[string]int{}
		}
		of[b.Data.Object][w.hook.ids[i]]++
	}
	for object, ids := range of {
		if len(ids) != 1 {
			r.Fatalf("%s was told under %d IDs", object, len(ids))
		}
	}
	for _, n := range waits {
		e, err := w.store.Erasure(context.Background(), n)
		if err == nil && e.State == "proposed" && of[fmt.Sprintf("erasure/%d", n)] == nil {
			r.Fatalf("erasure %d waits, and nobody was told", n)
		}
	}
	how, err := w.store.WebhookState(context.Background(), 1)
	if err != nil || how.Waiting != 0 || w.hook.forged != 0 {
		r.Fatalf("%+v %v, %d forged", how, err, w.hook.forged)
	}
	told := len(slices.Compact(slices.Sorted(slices.Values(w.hook.ids))))
	if again := len(w.hook.ids) - told; again > kills+w.hook.failed {
		r.Fatalf("%d calls were repeated after %d kills and %d failures", again, kills, w.hook.failed)
	}
}

// phrases are those of a house that speaks English.
func phrases(string) connect.Phrases {
	return connect.Phrases{
		Again:   "An earlier try to send this may have reached you.",
		More:    func(n int) string { return fmt.Sprintf("And %d more:", n) },
		Several: func(n int) string { return fmt.Sprintf("%d things to look at", n) },
		Choice:  "What you are told is your choice:",
	}
}
