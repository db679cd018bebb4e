package db

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"quittance/db/audit"
)

func TestSessionTimes(t *testing.T) {
	for name, c := range map[string]struct {
		steps []time.Duration // each followed by a request
		want  error
	}{
		"fresh":                       {[]time.Duration{0}, nil},
		"idle, not yet":               {[]time.Duration{SessionIdle - time.Second}, nil},
		"idle":                        {[]time.Duration{SessionIdle}, ErrExpired},
		"kept awake":                  {[]time.Duration{14 * time.Minute, 14 * time.Minute, 14 * time.Minute}, nil},
		"idle after a request":        {[]time.Duration{10 * time.Minute, 16 * time.Minute}, ErrExpired},
		"absolute, though kept awake": {slices.Repeat([]time.Duration{10 * time.Minute}, 49), ErrExpired},
		"just under absolute":         {append(slices.Repeat([]time.Duration{10 * time.Minute}, 47), 9*time.Minute), nil},
	} {
		t.Run(name, func(t *testing.T) {
			h := openHouse(t)
			token, _ := h.signIn(h.user("rita@example.com", RoleSupport))
			var err error
			for _, d := range c.steps {
				h.pass(d)
				_, err = h.SessionByToken(h.ctx, token)
			}
			if !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

// The time of the last request is written at most once a minute.
func TestSeenOnceAMinute(t *testing.T) {
	h := openHouse(t)
	token, v := h.signIn(h.user("rita@example.com", RoleSupport))
	seen := func() time.Time {
		var n int64
		if err := h.readers.QueryRow("SELECT seen FROM web_session WHERE number = ?", v.Number).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return at(n)
	}
	h.pass(59 * time.Second)
	h.SessionByToken(h.ctx, token)
	if !seen().Equal(v.Seen) {
		t.Error("written within the minute")
	}
	h.pass(time.Second)
	h.SessionByToken(h.ctx, token)
	if !seen().Equal(h.Now()) {
		t.Error("not written after a minute")
	}
}

func TestSignInReplaces(t *testing.T) {
	h := openHouse(t)
	u := h.user("rita@example.com", RoleSupport)
	before, visit, err := h.StartVisit(h.ctx, "", []byte("state"))
	if err != nil {
		t.Fatal(err)
	}
	token, v, err := h.StartSession(h.ctx, NewSession{User: u.Number, AuthTime: h.Now(), Replaces: visit.Number})
	if err != nil || token == before || v.Number == visit.Number {
		t.Fatalf("the token was not renewed: %v", err)
	}
	h.noted(u.Actor(), audit.SignInOK, u.object())
	if _, err := h.SessionByToken(h.ctx, before); !errors.Is(err, ErrExpired) {
		t.Errorf("the token from before sign-in: %v", err)
	}
	got, err := h.SessionByToken(h.ctx, token)
	if err != nil || got.User.Number != u.Number || got.Data != nil {
		t.Errorf("%+v, %v", got, err)
	}
}

// Step-up gives a new token and a new time of proof, and does not move the absolute end.
func TestConfirm(t *testing.T) {
	h := openHouse(t)
	u := h.user("rita@example.com", RoleSupport)
	old, v := h.signIn(u)
	h.pass(10 * time.Minute)
	token, again, err := h.StartSession(h.ctx, NewSession{User: u.Number, AuthTime: h.Now(), Replaces: v.Number, Confirms: true})
	if err != nil {
		t.Fatal(err)
	}
	h.noted(u.Actor(), audit.SignInConfirmed, u.object())
	if !again.Created.Equal(v.Created) || !again.AuthTime.Equal(h.Now()) || !again.Expires().Equal(v.Expires()) {
		t.Errorf("%+v after %+v", again, v)
	}
	if _, err := h.SessionByToken(h.ctx, old); !errors.Is(err, ErrExpired) {
		t.Errorf("the old token: %v", err)
	}
	if _, err := h.SessionByToken(h.ctx, token); err != nil {
		t.Error(err)
	}
	other := h.user("bo@example.com", RoleSupport)
	if _, _, err := h.StartSession(h.ctx, NewSession{User: other.Number, Replaces: again.Number, Confirms: true}); !errors.Is(err, ErrNotFound) {
		t.Errorf("somebody confirmed another's session: %v", err)
	}
	if _, err := h.SessionByToken(h.ctx, token); err != nil {
		t.Errorf("and ended it: %v", err)
	}
}

// A password that was changed between its check and the beginning of the session counts no more.
func TestPasswordMustStand(t *testing.T) {
	h := openHouse(t)
	u := h.user("rita@example.com", RoleSupport)
	_, hash, err := h.Credentials(h.ctx, "rita@example.com")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.SetPassword(h.ctx, audit.Operator, u.Number, "$argon2id$new"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.StartSession(h.ctx, NewSession{User: u.Number, Password: hash}); !errors.Is(err, ErrMoved) {
		t.Errorf("%v, want %v", err, ErrMoved)
	}
}

func TestEndSessions(t *testing.T) {
	h := openHouse(t)
	rita, bo := h.user("rita@example.com", RoleSupport), h.user("bo@example.com", RoleSupport)
	a, va := h.signIn(rita)
	b, vb := h.signIn(rita)
	c, vc := h.signIn(bo)
	if err := h.EndSession(h.ctx, rita.Actor(), rita.Number, vc.Number); !errors.Is(err, ErrNotFound) {
		t.Errorf("ending somebody else's session: %v", err)
	}
	if err := h.EndSession(h.ctx, rita.Actor(), rita.Number, va.Number); err != nil {
		t.Fatal(err)
	}
	h.noted(rita.Actor(), audit.SessionEnded, audit.ObjectOf(audit.KindSession, va.Number))
	if all, err := h.SessionsOf(h.ctx, rita.Number); err != nil || len(all) != 1 || all[0].Number != vb.Number {
		t.Errorf("%v, %v", all, err)
	}
	if live, err := h.SessionLive(h.ctx, va.Number); live || err != nil {
		t.Errorf("SessionLive: %v, %v", live, err)
	}
	d, _ := h.signIn(rita)
	if n, err := h.EndSessionsOf(h.ctx, rita.Actor(), rita.Number, vb.Number); n != 1 || err != nil {
		t.Errorf("EndSessionsOf: %d, %v", n, err)
	}
	e, _ := h.signIn(bo)
	if err := h.SignOut(h.ctx, rita.Number, vc.Number); !errors.Is(err, ErrNotFound) {
		t.Errorf("signing somebody else out: %v", err)
	}
	if err := h.SignOut(h.ctx, bo.Number, vc.Number); err != nil {
		t.Fatal(err)
	}
	h.noted(bo.Actor(), audit.SignedOut, bo.object())
	for token, want := range map[string]error{a: ErrExpired, b: nil, c: ErrExpired, d: ErrExpired, e: nil, "never given": ErrNotFound, "": ErrNotFound} {
		if _, err := h.SessionByToken(h.ctx, token); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
}

func TestProviderLogout(t *testing.T) {
	const iss = "https://id.example"
	for name, c := range map[string]struct {
		logout ProviderLogout
		ended  []int // of the sessions begun below
	}{
		"by sid":                     {ProviderLogout{Issuer: iss, JTI: "1", SID: "s1"}, []int{0}},
		"by sub":                     {ProviderLogout{Issuer: iss, JTI: "1", Sub: "rita"}, []int{0, 1}},
		"by both":                    {ProviderLogout{Issuer: iss, JTI: "1", Sub: "rita", SID: "s2"}, []int{1}},
		"a sid of somebody else":     {ProviderLogout{Issuer: iss, JTI: "1", Sub: "bo", SID: "s1"}, nil},
		"the same sid, other issuer": {ProviderLogout{Issuer: "https://other.example", JTI: "1", SID: "s1"}, nil},
		"the same sub, other issuer": {ProviderLogout{Issuer: "https://other.example", JTI: "1", Sub: "rita"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			h := openHouse(t)
			var tokens []string
			for _, s := range []struct{ sub, sid string }{{"rita", "s1"}, {"rita", "s2"}, {"bo", "s3"}} {
				u, err := h.UpsertOIDC(h.ctx, iss, s.sub, "", s.sub, []string{RoleSupport})
				if err != nil {
					t.Fatal(err)
				}
				token, _, err := h.StartSession(h.ctx, NewSession{User: u.Number, Issuer: iss, SID: s.sid})
				if err != nil {
					t.Fatal(err)
				}
				tokens = append(tokens, token)
			}
			c.logout.Until = h.Now().Add(time.Minute)
			n, err := h.EndProviderSessions(h.ctx, c.logout)
			if err != nil || int(n) != len(c.ended) {
				t.Errorf("ended %d, %v; want %d", n, err, len(c.ended))
			}
			for i, token := range tokens {
				_, err := h.SessionByToken(h.ctx, token)
				if ended := errors.Is(err, ErrExpired); ended != slices.Contains(c.ended, i) {
					t.Errorf("session %d: %v", i, err)
				}
			}
			if _, err := h.EndProviderSessions(h.ctx, c.logout); !errors.Is(err, ErrReplay) {
				t.Errorf("the same token again: %v", err)
			}
		})
	}
}

func TestSessionData(t *testing.T) {
	h := openHouse(t)
	u := h.user("rita@example.com", RoleSupport)
	token, v := h.signIn(u)
	planted := []byte("PLANTED-SECRET-7d1f")
	if err := h.SaveSession(h.ctx, v.Number, planted); err != nil {
		t.Fatal(err)
	}
	got, err := h.SessionByToken(h.ctx, token)
	if err != nil || !bytes.Equal(got.Data, planted) {
		t.Fatalf("%q, %v", got.Data, err)
	}
	if err := h.TakeSession(h.ctx, got, nil); err != nil {
		t.Fatal(err)
	}
	if err := h.TakeSession(h.ctx, got, nil); !errors.Is(err, ErrMoved) {
		t.Errorf("taken twice: %v", err)
	}
	for _, name := range []string{"quittance.db", "quittance.db-wal"} {
		raw, err := os.ReadFile(filepath.Join(h.Dir(), name))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(raw, planted) || bytes.Contains(raw, []byte(token)) {
			t.Errorf("%s holds what a session carries, or its token", name)
		}
	}
	if err := h.EndSession(h.ctx, u.Actor(), u.Number, v.Number); err != nil {
		t.Fatal(err)
	}
	if err := h.SaveSession(h.ctx, v.Number, planted); !errors.Is(err, ErrExpired) {
		t.Errorf("saving into a session that has ended: %v", err)
	}
}

func TestVisits(t *testing.T) {
	h := openHouse(t)
	token, v, err := h.StartVisit(h.ctx, "", []byte("state"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := h.SessionByToken(h.ctx, token); err != nil || got.User.Number != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	h.pass(VisitLife)
	if _, err := h.SessionByToken(h.ctx, token); !errors.Is(err, ErrExpired) {
		t.Errorf("a visit that lasts: %v", err)
	}
	_, next, err := h.StartVisit(h.ctx, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.SessionByToken(h.ctx, token); !errors.Is(err, ErrNotFound) {
		t.Errorf("an old visit was not swept: %v", err)
	}
	if next.Number <= v.Number {
		t.Errorf("number %d was given again", next.Number)
	}
}
