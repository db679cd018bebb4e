package auth

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"quittance/db"
)

// skew is how far the provider's clock may be ahead of ours.
const skew = time.Minute

// person is somebody whom the provider vouches for, known by sub.
type person struct {
	sub, email, name string
	groups           []string
	knowsGroups      bool
	authTime         time.Time // zero = the provider does not say
	sid              string
	raw              string // the ID token
}

// claims is what we read of an ID token or of userinfo.
type claims struct {
	Sub      string   `json:"sub"`
	AZP      string   `json:"azp"`
	AuthTime *float64 `json:"auth_time"`
	IssuedAt *float64 `json:"iat"`
	SID      string   `json:"sid"`
	Email    string   `json:"email"`
	Name     string   `json:"name"`
	Username string   `json:"preferred_username"`
}

// check does what go-oidc leaves to its callers (Core 1.0, sections 3.1.3.7 and 3.1.3.8): it has verified iss, aud, exp, nbf and signature.
func (p *provider) check(id *oidc.IDToken, raw, accessToken string, f flow) (person, error) {
	var c claims
	if err := id.Claims(&c); err != nil {
		return person{}, err
	}
	now := p.now()
	switch {
	case strings.HasSuffix(tokenType(raw), "+jwt"): // an access or logout token (RFC 8725, section 3.11)
		return person{}, errors.New("it is a token of another type")
	case c.Sub == "" || len(c.Sub) > 255:
		return person{}, errors.New("its sub is missing or too long")
	case subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(f.Nonce)) != 1:
		return person{}, errors.New("its nonce is not the one that was sent")
	case c.AZP != "" && c.AZP != p.config.ClientID, c.AZP == "" && len(id.Audience) > 1:
		return person{}, errors.New("it was issued to another client")
	case c.IssuedAt == nil || instant(*c.IssuedAt).After(now.Add(skew)):
		return person{}, errors.New("it was issued in the future, or without a time")
	}
	if id.AccessTokenHash != "" {
		if err := id.VerifyAccessToken(accessToken); err != nil {
			return person{}, err
		}
	}
	who := person{sub: c.Sub, sid: clean(c.SID), raw: raw}
	who.take(c, groupsOf(id.Claims, p.config.RolesClaim))
	var err error
	who.authTime, err = authTime(c.AuthTime, f.Again > 0, now)
	return who, err
}

// authTime reads when the person signed in at the provider. Step-up needs it, and needs it to be recent.
func authTime(at *float64, again bool, now time.Time) (time.Time, error) {
	if at == nil {
		if again {
			return time.Time{}, errors.New("it does not say when the person signed in")
		}
		return time.Time{}, nil
	}
	t := instant(*at)
	switch {
	case t.After(now.Add(skew)):
		return time.Time{}, errors.New("its auth_time is in the future")
	case again && now.Sub(t) > StepUpAge, now.Sub(t) > db.SessionAbsolute+skew:
		return time.Time{}, errors.New("its auth_time is older than what was asked for")
	case t.After(now):
		return now, nil
	}
	return t, nil
}

func instant(seconds float64) time.Time { return time.Unix(int64(seconds), 0).UTC() }

// tokenType is the typ of a compact JWS in lower case; the signature was checked before.
func tokenType(raw string) string {
	head, _, _ := strings.Cut(raw, ".")
	var h struct {
		Typ string `json:"typ"`
	}
	if b, err := base64.RawURLEncoding.DecodeString(head); err == nil && json.Unmarshal(b, &h) == nil {
		return strings.ToLower(h.Typ)
	}
	return ""
}

// complete asks userinfo for what the ID token does not say. It must speak of the same person (Core 1.0, section 5.3.2).
func (p *provider) complete(ctx context.Context, e *endpoints, token *oauth2.Token, who *person) error {
	if who.knowsGroups && who.email != "" || e.oidc.UserInfoEndpoint() == "" {
		return nil
	}
	info, err := e.oidc.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		if who.knowsGroups {
			return nil // only the e-mail address is missing, and nothing hangs on it
		}
		return errors.New("it did not answer")
	}
	if info.Subject != who.sub {
		return errors.New("it speaks of another person")
	}
	var c claims
	if err := info.Claims(&c); err != nil {
		return err
	}
	who.take(c, groupsOf(info.Claims, p.config.RolesClaim))
	return nil
}

// take fills in what is not known yet.
func (who *person) take(c claims, groups []string) {
	if !who.knowsGroups {
		who.groups, who.knowsGroups = groups, groups != nil
	}
	if who.email == "" {
		who.email = clean(c.Email)
	}
	for _, name := range []string{c.Name, c.Username, c.Email} {
		if who.name == "" {
			who.name = clean(name)
		}
	}
}

// groupsOf reads the claim that holds the groups: a list of words, or one word. nil = it does not stand there.
func groupsOf(read func(any) error, claim string) []string {
	var all map[string]json.RawMessage
	if read(&all) != nil {
		return nil
	}
	var many []string
	if json.Unmarshal(all[claim], &many) == nil {
		return many
	}
	var one string
	if json.Unmarshal(all[claim], &one) == nil {
		return []string{one}
	}
	return nil
}

// clean drops control characters of what is shown or logged and bounds its length.
func clean(s string) string {
	s = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || c == unicode.ReplacementChar {
			return -1
		}
		return c
	}, s)
	if r := []rune(s); len(r) > 200 {
		return string(r[:200])
	}
	return strings.TrimSpace(s)
}
