package auth

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
)

func TestOIDC(t *testing.T) {
	h, p := openOIDC(t)
	b := h.browser()
	at := p.begin(b, "/signin/oidc?next=/erasures/7")
	q := at.Query()
	if q.Get("response_type") != "code" || q.Get("client_id") != clientID || q.Get("redirect_uri") != h.PublicURL+"/signin/callback" ||
		q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43 || len(q.Get("state")) < 26 || len(q.Get("nonce")) < 26 ||
		q.Get("max_age") != "28800" || !slices.Contains(strings.Fields(q.Get("scope")), "groups") {
		t.Errorf("asks for %v", q)
	}
	b.is(audit.Visitor)
	resp, body := b.get("/signin/callback?" + p.authorize(at).Encode())
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/erasures/7" {
		t.Fatalf("%d %s %v", resp.StatusCode, body, h.lastError())
	}
	users, err := h.store.Users(t.Context())
	if err != nil || len(users) != 1 {
		t.Fatalf("%+v, %v", users, err)
	}
	u := users[0]
	b.is(u.Actor())
	if u.Issuer != p.web.URL || u.Sub != "rita" || u.Email != "rita@example.com" || u.Name != "Rita Lind" || !slices.Equal(u.Roles, []string{"support"}) {
		t.Errorf("%+v", u)
	}
	all, err := h.store.SessionsOf(t.Context(), u.Number)
	if err != nil || len(all) != 1 || all[0].SID != "s1" || !all[0].AuthTime.Equal(h.Now().Truncate(time.Second)) {
		t.Errorf("%+v, %v", all, err)
	}
	origins := h.FormOrigins()
	if !slices.Equal(origins, []string{p.web.URL}) || h.Provider() != "Example ID" {
		t.Errorf("%v, %q", origins, h.Provider())
	}
}

// The provider's answer comes through the browser, so anybody can write one.
func TestHostileAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		change func(url.Values)
		want   error
	}{
		"state of another sign-in": {func(q url.Values) { q.Set("state", "another") }, ErrFlow},
		"no state":                 {func(q url.Values) { q.Del("state") }, ErrFlow},
		"empty state":              {func(q url.Values) { q.Set("state", "") }, ErrFlow},
		"two states":               {func(q url.Values) { q.Add("state", "another") }, ErrFlow},
		"mix-up: another issuer":   {func(q url.Values) { q.Set("iss", "https://evil.example") }, ErrProvider},
		"no iss though promised":   {func(q url.Values) { q.Del("iss") }, ErrProvider},
		"two iss":                  {func(q url.Values) { q.Add("iss", q.Get("iss")) }, ErrProvider},
		"no code":                  {func(q url.Values) { q.Del("code") }, ErrProvider},
		"two codes":                {func(q url.Values) { q.Add("code", "another") }, ErrProvider},
		"a made-up code":           {func(q url.Values) { q.Set("code", "made up") }, ErrProvider},
		"cancelled":                {func(q url.Values) { q.Set("error", "access_denied") }, ErrDenied},
		"failed there":             {func(q url.Values) { q.Set("error", "server_error") }, ErrProvider},
		"an error with markup":     {func(q url.Values) { q.Set("error", "<script>PLANTED-TEXT</script>") }, ErrProvider},
		"an error and a code":      {func(q url.Values) { q.Set("error", "") }, ErrProvider},
	} {
		t.Run(name, func(t *testing.T) {
			h, p := openOIDC(t)
			b := h.browser()
			q := p.authorize(p.begin(b, "/signin/oidc"))
			c.change(q)
			resp, body := b.get("/signin/callback?" + q.Encode())
			err := h.lastError()
			if !errors.Is(err, c.want) || resp.StatusCode != Status(c.want) {
				t.Errorf("%d, %v; want %v", resp.StatusCode, err, c.want)
			}
			if strings.Contains(body+err.Error(), "PLANTED-TEXT") {
				t.Errorf("what was sent is repeated: %s %v", body, err)
			}
			keptOut(h, b)
		})
	}
}

// An answer counts once, in the browser that asked, for ten minutes, and only with the code of its own sign-in.
func TestReplay(t *testing.T) {
	t.Run("the same answer again", func(t *testing.T) {
		h, p := openOIDC(t)
		p.lenient = true // a provider that does not keep to one use
		b := h.browser()
		at := p.begin(b, "/signin/oidc")
		back := "/signin/callback?" + p.authorize(at).Encode()
		if resp, _ := b.get(back); resp.StatusCode != http.StatusSeeOther {
			t.Fatalf("%d %v", resp.StatusCode, h.lastError())
		}
		if resp, _ := b.get(back); resp.StatusCode != http.StatusBadRequest || !errors.Is(h.lastError(), ErrFlow) {
			t.Errorf("%d", resp.StatusCode)
		}
	})
	t.Run("in another browser", func(t *testing.T) {
		h, p := openOIDC(t)
		back := "/signin/callback?" + p.authorize(p.begin(h.browser(), "/signin/oidc")).Encode()
		victim := h.browser()
		if victim.get(back); !errors.Is(h.lastError(), ErrFlow) {
			t.Error("a sign-in that an attacker began was finished in the victim's browser")
		}
		keptOut(h, victim)
	})
	t.Run("in another browser that has begun its own", func(t *testing.T) {
		h, p := openOIDC(t)
		q := p.authorize(p.begin(h.browser(), "/signin/oidc"))
		victim := h.browser()
		q.Set("state", p.begin(victim, "/signin/oidc").Query().Get("state"))
		if victim.get("/signin/callback?" + q.Encode()); !errors.Is(h.lastError(), ErrProvider) {
			t.Error("a code was taken without its PKCE verifier")
		}
		keptOut(h, victim)
	})
	t.Run("a code of another sign-in, provider without PKCE", func(t *testing.T) {
		h, p := openOIDC(t)
		p.lenient = true
		q := p.authorize(p.begin(h.browser(), "/signin/oidc"))
		victim := h.browser()
		q.Set("state", p.begin(victim, "/signin/oidc").Query().Get("state"))
		if victim.get("/signin/callback?" + q.Encode()); !errors.Is(h.lastError(), ErrProvider) {
			t.Error("the nonce of another sign-in was taken")
		}
		keptOut(h, victim)
	})
	t.Run("too late", func(t *testing.T) {
		h, p := openOIDC(t)
		b := h.browser()
		back := "/signin/callback?" + p.authorize(p.begin(b, "/signin/oidc")).Encode()
		h.Pass(db.VisitLife + time.Second)
		if b.get(back); !errors.Is(h.lastError(), ErrFlow) {
			t.Error("an old sign-in was finished")
		}
		keptOut(h, b)
	})
	t.Run("a wrong answer does not spoil the right one", func(t *testing.T) {
		h, p := openOIDC(t)
		b := h.browser()
		q := p.authorize(p.begin(b, "/signin/oidc"))
		b.get("/signin/callback?state=forged&code=x")
		if resp, _ := b.get("/signin/callback?" + q.Encode()); resp.StatusCode != http.StatusSeeOther {
			t.Errorf("%d", resp.StatusCode)
		}
	})
	t.Run("two at once", func(t *testing.T) {
		h, p := openOIDC(t)
		p.lenient = true
		b := h.browser()
		back := h.server.URL + "/signin/callback?" + p.authorize(p.begin(b, "/signin/oidc")).Encode()
		codes := make(chan int)
		for range 4 {
			go func() {
				resp, err := b.Client.Get(back)
				if err != nil {
					codes <- 0
					return
				}
				resp.Body.Close()
				codes <- resp.StatusCode
			}()
		}
		passed := 0
		for range 4 {
			if <-codes == http.StatusSeeOther {
				passed++
			}
		}
		if passed != 1 {
			t.Errorf("%d of four passed", passed)
		}
	})
}

func TestRolesClaim(t *testing.T) {
	for name, c := range map[string]struct {
		groups any
		info   map[string]any
		roles  []string
	}{
		"mapped":               {[]string{"staff"}, nil, []string{"support"}},
		"two":                  {[]string{"staff", "compliance", "staff"}, nil, []string{"officer", "support"}},
		"from userinfo":        {nil, map[string]any{"sub": "rita", "groups": []string{"compliance"}}, []string{"officer"}},
		"the token goes first": {[]string{"staff"}, map[string]any{"sub": "rita", "groups": []string{"compliance"}}, []string{"support"}},
		"none that is mapped":  {[]string{"everybody"}, nil, nil},
		"an empty list":        {[]string{}, map[string]any{"sub": "rita", "groups": []string{"compliance"}}, nil},
		"nowhere":              {nil, map[string]any{"sub": "rita"}, nil},
		"the role's own name":  {[]string{"officer", "admin"}, nil, nil},
		"another case":         {[]string{"Staff", "COMPLIANCE"}, nil, nil},
		"a number":             {7, map[string]any{"sub": "rita"}, nil},
		"a list in a word":     {"staff,compliance", nil, nil},
		"an object":            {map[string]any{"staff": true}, map[string]any{"sub": "rita"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			h, p := openOIDC(t)
			p.info, p.claims = c.info, func(m map[string]any) { m["groups"] = c.groups }
			b := h.browser()
			_, err := p.signIn(b)
			if c.roles == nil {
				if !errors.Is(err, ErrNoRole) {
					t.Errorf("%v, want %v", err, ErrNoRole)
				}
				keptOut(h, b)
				return
			}
			users, listErr := h.store.Users(t.Context())
			if err != nil || listErr != nil || len(users) != 1 || !slices.Equal(users[0].Roles, c.roles) {
				t.Errorf("%+v, %v %v", users, err, listErr)
			}
		})
	}
}

// Roles are read anew at each sign-in, and older sessions do not keep the old ones.
func TestRolesAnew(t *testing.T) {
	h, p := openOIDC(t)
	one, two := h.browser(), h.browser()
	if _, err := p.signIn(one); err != nil {
		t.Fatal(err)
	}
	p.claims = func(m map[string]any) { m["groups"] = "compliance" }
	if _, err := p.signIn(two); err != nil {
		t.Fatal(err)
	}
	one.is(audit.Visitor)
	two.is("user/1")
	p.claims = func(m map[string]any) { m["groups"] = "everybody" }
	if _, err := p.signIn(h.browser()); !errors.Is(err, ErrNoRole) {
		t.Errorf("%v", err)
	}
	two.is(audit.Visitor)
}

// Identity is issuer and sub. An e-mail address opens nothing, neither a local account nor somebody else's.
func TestEmailIsNoIdentity(t *testing.T) {
	h, p := openOIDC(t)
	admin := h.user("admin@example.com", db.RoleAdmin)
	p.claims = func(m map[string]any) { m["email"], m["email_verified"] = "admin@example.com", true }
	b := h.browser()
	if _, err := p.signIn(b); err != nil {
		t.Fatal(err)
	}
	b.is("user/2")
	p.claims = func(m map[string]any) { m["email"], m["sub"] = "admin@example.com", "bo" }
	other := h.browser()
	if _, err := p.signIn(other); err != nil {
		t.Fatal(err)
	}
	other.is("user/3")
	if got, err := h.store.User(t.Context(), admin.Number); err != nil || !got.Local() || !slices.Equal(got.Roles, []string{db.RoleAdmin}) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestDisabledAtProvider(t *testing.T) {
	h, p := openOIDC(t)
	b := h.browser()
	if _, err := p.signIn(b); err != nil {
		t.Fatal(err)
	}
	if err := h.store.Disable(t.Context(), audit.Operator, 1); err != nil {
		t.Fatal(err)
	}
	b.is(audit.Visitor)
	if resp, err := p.signIn(b); !errors.Is(err, ErrDisabled) || resp.StatusCode != http.StatusForbidden {
		t.Errorf("%d, %v", resp.StatusCode, err)
	}
	b.is(audit.Visitor)
}

func TestNextThroughProvider(t *testing.T) {
	h, p := openOIDC(t)
	for next, want := range map[string]string{"/audit?event=erasure": "/audit?event=erasure", "//evil.example": "/", "https://evil.example": "/", "/\\evil.example": "/"} {
		b := h.browser()
		resp, _ := b.get("/signin/callback?" + p.authorize(p.begin(b, "/signin/oidc?next="+url.QueryEscape(next))).Encode())
		if got := resp.Header.Get("Location"); got != want {
			t.Errorf("next=%s leads to %s", next, got)
		}
	}
}
