package auth

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
)

func (h *house) key(expires time.Time) (string, db.APIKey) {
	h.Helper()
	all, err := h.store.Services(h.Context())
	if err != nil {
		h.Fatal(err)
	}
	if len(all) == 0 {
		all = []db.Service{dbtest.Service(h.T, h.store, "Support bot")}
	}
	full, k, err := h.store.AddKey(h.Context(), audit.Operator, db.NewKey{Service: all[0].Number, Name: "web chat", Scopes: []string{db.ScopeLogs}, Expires: expires})
	if err != nil {
		h.Fatal(err)
	}
	return full, k
}

// call asks who comes with an Authorization header.
func (h *house) call(header string) (db.APIKey, error) {
	r := httptest.NewRequest("GET", "/instances/x/v1/logs", nil)
	if header != "" {
		r.Header.Set("Authorization", header)
	}
	return h.Caller(r)
}

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

// granted is what IBM's clients read (watson-api.md section 1).
type granted struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int64  `json:"expires_in"`
	Expiration   int64  `json:"expiration"`
}

func (h *house) token(full string) granted {
	h.Helper()
	resp, body := h.browser().send(h.form("/identity/token", "apikey", full, "grant_type", apikeyGrant, "response_type", "cloud_iam"))
	var g granted
	if err := json.Unmarshal([]byte(body), &g); err != nil || resp.StatusCode != http.StatusOK || resp.Header.Get("Cache-Control") != "no-store" {
		h.Fatalf("%d %s %v", resp.StatusCode, body, err)
	}
	return g
}

func TestCaller(t *testing.T) {
	h := openHouse(t, nil)
	full, k := h.key(time.Time{})
	g := h.token(full)
	for name, c := range map[string]struct {
		header string
		lets   bool
	}{
		"Basic":                     {basic("apikey", full), true},
		"Bearer":                    {"Bearer " + g.AccessToken, true},
		"bearer, small":             {"bearer " + g.AccessToken, true},
		"nothing":                   {"", false},
		"another user":              {basic("admin", full), false},
		"no user":                   {basic("", full), false},
		"key and password swapped":  {basic(full, "apikey"), false},
		"wrong key":                 {basic("apikey", full[:54]+"?"), false},
		"the key itself as Bearer":  {"Bearer " + full, false},
		"the key itself":            {full, false},
		"the token as Basic":        {basic("apikey", g.AccessToken), false},
		"not base64":                {"Basic %%%", false},
		"another scheme":            {"Digest " + g.AccessToken, false},
		"the token's payload alone": {"Bearer " + strings.Split(g.AccessToken, ".")[1], false},
		"without signature":         {"Bearer " + g.AccessToken[:strings.LastIndex(g.AccessToken, ".")+1], false},
	} {
		got, err := h.call(c.header)
		if c.lets && (err != nil || got.Number != k.Number) || !c.lets && (!errors.Is(err, ErrKey) || got.Number != 0) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	r := httptest.NewRequest("GET", "/instances/x/v1/logs?apikey="+full, nil)
	if _, err := h.Caller(r); !errors.Is(err, ErrKey) {
		t.Errorf("a key was read from the address: %v", err)
	}
}

func TestTokenAnswer(t *testing.T) {
	h := openHouse(t, nil)
	full, _ := h.key(time.Time{})
	g := h.token(full)
	if g.TokenType != "Bearer" || g.RefreshToken == "" || g.ExpiresIn != 3600 || g.Expiration != h.Now().Unix()+3600 {
		t.Errorf("%+v", g)
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(g.AccessToken, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var c struct{ Iat, Exp int64 }
	if err := json.Unmarshal(payload, &c); err != nil || c.Iat != h.Now().Unix() || c.Exp != g.Expiration {
		t.Errorf("%s: %v", payload, err)
	}
	if strings.Contains(string(payload), full[12:]) {
		t.Error("the key stands in its token")
	}
	short, _ := h.key(h.Now().Add(10 * time.Minute))
	if g := h.token(short); g.ExpiresIn != 600 {
		t.Errorf("a token outlives its key: %d s", g.ExpiresIn)
	}
}

func TestTokenRefuses(t *testing.T) {
	h := openHouse(t, nil)
	full, _ := h.key(time.Time{})
	for name, c := range map[string]struct {
		fields []string
		status int
		code   string
	}{
		"wrong key":          {[]string{"grant_type", apikeyGrant, "apikey", full[:54] + "?"}, 400, "BXNIM0415E"},
		"no key":             {[]string{"grant_type", apikeyGrant}, 400, "BXNIM0109E"},
		"another grant":      {[]string{"grant_type", "password", "apikey", full}, 400, "BXNIM0109E"},
		"nothing":            {nil, 400, "BXNIM0109E"},
		"a form that is cut": {[]string{"grant_type", apikeyGrant, "apikey", strings.Repeat("x", maxForm)}, 400, "BXNIM0109E"},
	} {
		resp, body := h.browser().send(h.form("/identity/token", c.fields...))
		if resp.StatusCode != c.status || !strings.Contains(body, c.code) || strings.Contains(body, full) {
			t.Errorf("%s: %d %s", name, resp.StatusCode, body)
		}
	}
	if resp, _ := h.browser().send(h.form("/identity/token?apikey="+full, "grant_type", apikeyGrant)); resp.StatusCode != 400 {
		t.Errorf("a key was read from the address: %d", resp.StatusCode)
	}
}

func TestTokenDies(t *testing.T) {
	h := openHouse(t, nil)
	full, k := h.key(time.Time{})
	bearer := "Bearer " + h.token(full).AccessToken
	h.Pass(time.Hour - time.Second)
	if _, err := h.call(bearer); err != nil {
		t.Errorf("before its end: %v", err)
	}
	h.Pass(2 * time.Second)
	if _, err := h.call(bearer); !errors.Is(err, ErrKey) {
		t.Errorf("an expired token: %v", err)
	}
	bearer = "Bearer " + h.token(full).AccessToken
	if err := h.store.RevokeKey(t.Context(), audit.Operator, k.Number); err != nil {
		t.Fatal(err)
	}
	if _, err := h.call(bearer); !errors.Is(err, ErrKey) {
		t.Errorf("the token of a revoked key: %v", err)
	}
}

func TestForgedTokens(t *testing.T) {
	h := openHouse(t, nil)
	_, k := h.key(time.Time{})
	other := openHouse(t, nil)
	now := h.Now()
	sound := jwt.Claims{Issuer: tokenIssuer, Subject: string(k.Actor()), IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(time.Hour))}
	for name, c := range map[string]struct {
		alg    jose.SignatureAlgorithm
		key    []byte
		change func(*jwt.Claims)
		lets   bool
	}{
		"sound":                {jose.HS256, h.tokenKey, func(*jwt.Claims) {}, true},
		"another store's key":  {jose.HS256, other.tokenKey, func(*jwt.Claims) {}, false},
		"an empty key":         {jose.HS256, make([]byte, 32), func(*jwt.Claims) {}, false},
		"another algorithm":    {jose.HS512, append(h.tokenKey, h.tokenKey...), func(*jwt.Claims) {}, false},
		"another issuer":       {jose.HS256, h.tokenKey, func(c *jwt.Claims) { c.Issuer = "x" }, false},
		"no end":               {jose.HS256, h.tokenKey, func(c *jwt.Claims) { c.Expiry = nil }, false},
		"no beginning":         {jose.HS256, h.tokenKey, func(c *jwt.Claims) { c.IssuedAt = nil }, false},
		"begins tomorrow":      {jose.HS256, h.tokenKey, func(c *jwt.Claims) { c.IssuedAt = jwt.NewNumericDate(now.Add(24 * time.Hour)) }, false},
		"not before tomorrow":  {jose.HS256, h.tokenKey, func(c *jwt.Claims) { c.NotBefore = jwt.NewNumericDate(now.Add(24 * time.Hour)) }, false},
		"a user's number":      {jose.HS256, h.tokenKey, func(c *jwt.Claims) { c.Subject = "user/1" }, false},
		"a key there is not":   {jose.HS256, h.tokenKey, func(c *jwt.Claims) { c.Subject = "key/999" }, false},
		"no number":            {jose.HS256, h.tokenKey, func(c *jwt.Claims) { c.Subject = "key/" }, false},
		"a number and a quote": {jose.HS256, h.tokenKey, func(c *jwt.Claims) { c.Subject = "key/1'" }, false},
	} {
		signer, err := jose.NewSigner(jose.SigningKey{Algorithm: c.alg, Key: c.key}, nil)
		if err != nil {
			t.Fatal(err)
		}
		claims := sound
		c.change(&claims)
		raw, err := jwt.Signed(signer).Claims(claims).Serialize()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.call("Bearer " + raw); c.lets != (err == nil) || err != nil && !errors.Is(err, ErrKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." +
		base64.RawURLEncoding.EncodeToString([]byte(`{"iss":"quittance","sub":"key/1","iat":1,"exp":99999999999}`)) + "."
	if _, err := h.call("Bearer " + none); !errors.Is(err, ErrKey) {
		t.Errorf("alg none: %v", err)
	}
}

// Wrong keys are counted by address; the right key of the same address is never held up by them.
func TestWrongKeysLimit(t *testing.T) {
	h := openHouse(t, nil)
	full, _ := h.key(time.Time{})
	for range 60 {
		if _, err := h.call(basic("apikey", "qk_wrong")); !errors.Is(err, ErrKey) {
			t.Fatal(err)
		}
	}
	if _, err := h.call(basic("apikey", "qk_wrong")); !errors.Is(err, ErrTooMany) {
		t.Errorf("the next one: %v", err)
	}
	if _, err := h.call(basic("apikey", full)); err != nil {
		t.Errorf("the right key: %v", err)
	}
}

func TestLimiter(t *testing.T) {
	clock := dbtest.NewClock()
	l := NewLimiter(4, 2, clock.Now)
	take := func(key string) (http.Header, error) {
		w := httptest.NewRecorder()
		err := l.Take(w.Header(), key)
		return w.Header(), err
	}
	for _, left := range []string{"1", "0"} {
		head, err := take("a")
		if err != nil || head.Get("X-RateLimit-Limit") != "2" || head.Get("X-RateLimit-Remaining") != left || head.Get("Retry-After") != "" {
			t.Errorf("%v %v, want %s left", err, head, left)
		}
	}
	head, err := take("a")
	var many *TooMany
	if !errors.As(err, &many) || !errors.Is(err, ErrTooMany) || Status(err) != 429 || many.After != 15*time.Second || head.Get("Retry-After") != "15" || head.Get("X-RateLimit-Remaining") != "0" ||
		many.Limit != 2 || !many.Reset.Equal(clock.Now().Add(30*time.Second)) {
		t.Errorf("%+v %v", many, head)
	}
	if want := strconv.FormatInt(clock.Now().Add(30*time.Second).Unix(), 10); head.Get("X-RateLimit-Reset") != want {
		t.Errorf("reset %s, want %s", head.Get("X-RateLimit-Reset"), want)
	}
	if _, err := take("b"); err != nil {
		t.Errorf("another key: %v", err)
	}
	clock.Pass(15 * time.Second)
	if _, err := take("a"); err != nil {
		t.Errorf("after the wait: %v", err)
	}
	if _, err := take("a"); err == nil {
		t.Error("more than one came back")
	}
}

func TestLimiterForgets(t *testing.T) {
	clock := dbtest.NewClock()
	l := NewLimiter(60, 1, clock.Now)
	for i := range limiterSize * 2 {
		l.take(strconv.Itoa(i))
	}
	if n := len(l.buckets); n > limiterSize {
		t.Errorf("it remembers %d keys", n)
	}
	clock.Pass(time.Minute)
	l.take("x")
	for i := range limiterSize {
		l.take(strconv.Itoa(i))
	}
	if n := len(l.buckets); n > limiterSize {
		t.Errorf("it remembers %d keys", n)
	}
}
