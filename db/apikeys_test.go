package db

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"quittance/db/audit"
)

func (h *house) key(scopes ...string) (string, APIKey) {
	h.t.Helper()
	all, err := h.Services(h.ctx)
	if err != nil || len(all) == 0 {
		h.t.Fatalf("listing services: %v", err)
	}
	full, k, err := h.AddKey(h.ctx, audit.Operator, NewKey{Service: all[0].Number, Name: "web chat", Scopes: scopes})
	if err != nil {
		h.t.Fatal(err)
	}
	return full, k
}

func TestKey(t *testing.T) {
	h := openHouse(t)
	svc := h.service()
	full, k := h.key(ScopeErase, ScopeIngest)
	if !regexp.MustCompile(`^qk_[a-z2-7]{8}_[A-Za-z0-9_-]{43}$`).MatchString(full) || full[3:11] != k.ID {
		t.Errorf("a key of another form for ID %s", k.ID)
	}
	h.noted(audit.Operator, audit.KeyAdded, k.object())
	got, err := h.CheckKey(h.ctx, full)
	if err != nil || got.Number != k.Number || got.Service != svc.Number || !got.May(ScopeErase) || !got.May(ScopeIngest) || got.May(ScopeLogs) {
		t.Errorf("%+v, %v", got, err)
	}
	raw, err := os.ReadFile(filepath.Join(h.Dir(), "quittance.db-wal"))
	if err != nil || bytes.Contains(raw, []byte(full[12:])) {
		t.Errorf("the secret lies in the database (%v)", err)
	}
	all, err := h.KeysOf(h.ctx, svc.Number)
	if err != nil || len(all) != 1 || all[0].ID != k.ID || all[0].Name != "web chat" {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestWrongKeys(t *testing.T) {
	h := openHouse(t)
	h.service()
	full, k := h.key(ScopeLogs)
	other, _ := h.key(ScopeLogs)
	for name, wrong := range map[string]string{
		"empty":                  "",
		"prefix only":            "qk_",
		"unknown ID":             "qk_zzzzzzzz" + full[11:],
		"another key's secret":   full[:12] + other[12:],
		"last character changed": full[:len(full)-1] + string(full[len(full)-1]^1),
		"cut short":              full[:len(full)-1],
		"one too long":           full + "A",
		"other prefix":           "sk_" + full[3:],
		"ID alone":               k.ID,
		"upper case":             strings.ToUpper(full),
		"space":                  full + " ",
		"injection":              "qk_' OR 1=1" + full[11:],
		"the hash instead":       "qk_" + k.ID + "_" + strings.Repeat("A", 43),
		"a NUL in the ID":        "qk_" + k.ID[:7] + "\x00" + full[11:],
	} {
		if got, err := h.CheckKey(h.ctx, wrong); !errors.Is(err, ErrKey) || got.Number != 0 {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if _, err := h.CheckKey(h.ctx, full); err != nil {
		t.Errorf("the right key: %v", err)
	}
}

func TestKeyEnds(t *testing.T) {
	h := openHouse(t)
	svc := h.service()
	revoked, k := h.key(ScopeLogs)
	kept, second := h.key(ScopeLogs)
	if err := h.RevokeKey(h.ctx, audit.Operator, k.Number); err != nil {
		t.Fatal(err)
	}
	h.noted(audit.Operator, audit.KeyRevoked, k.object())
	if _, err := h.CheckKey(h.ctx, revoked); !errors.Is(err, ErrKey) {
		t.Errorf("a revoked key: %v", err)
	}
	if _, err := h.LiveKey(h.ctx, k.Number); !errors.Is(err, ErrKey) {
		t.Errorf("a revoked key by number: %v", err)
	}
	if err := h.RevokeKey(h.ctx, audit.Operator, k.Number); !errors.Is(err, ErrNotFound) {
		t.Errorf("revoking twice: %v", err)
	}
	if _, err := h.CheckKey(h.ctx, kept); err != nil {
		t.Errorf("the second key, kept for rotation: %v", err)
	}
	short, _, err := h.AddKey(h.ctx, audit.Operator, NewKey{Service: svc.Number, Scopes: []string{ScopeLogs}, Expires: h.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	h.pass(time.Hour - time.Millisecond)
	if _, err := h.CheckKey(h.ctx, short); err != nil {
		t.Errorf("before its expiry: %v", err)
	}
	h.pass(time.Millisecond)
	if _, err := h.CheckKey(h.ctx, short); !errors.Is(err, ErrKey) {
		t.Errorf("an expired key: %v", err)
	}
	if err := h.RemoveService(h.ctx, audit.Operator, svc.Number); err != nil {
		t.Fatal(err)
	}
	if _, err := h.LiveKey(h.ctx, second.Number); !errors.Is(err, ErrKey) {
		t.Errorf("a key of a removed service: %v", err)
	}
}

func TestAddKeyRefuses(t *testing.T) {
	h := openHouse(t)
	svc := h.service()
	for name, c := range map[string]struct {
		key  NewKey
		want error
	}{
		"no scopes":     {NewKey{Service: svc.Number}, ErrScopes},
		"unknown scope": {NewKey{Service: svc.Number, Scopes: []string{ScopeLogs, "admin"}}, ErrScopes},
		"no service":    {NewKey{Service: 99, Scopes: []string{ScopeLogs}}, ErrNotFound},
		"expired":       {NewKey{Service: svc.Number, Scopes: []string{ScopeLogs}, Expires: h.Now()}, ErrExpired},
	} {
		if full, _, err := h.AddKey(h.ctx, audit.Operator, c.key); !errors.Is(err, c.want) || full != "" {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if err := h.RemoveService(h.ctx, audit.Operator, svc.Number); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.AddKey(h.ctx, audit.Operator, NewKey{Service: svc.Number, Scopes: []string{ScopeLogs}}); !errors.Is(err, ErrNotFound) {
		t.Errorf("a key for a removed service: %v", err)
	}
}

func TestKeyUsedOnceAMinute(t *testing.T) {
	h := openHouse(t)
	h.service()
	full, k := h.key(ScopeLogs)
	used := func() time.Time {
		got, err := h.Key(h.ctx, k.Number)
		if err != nil {
			t.Fatal(err)
		}
		return got.LastUsed
	}
	if !used().IsZero() {
		t.Error("a new key was used")
	}
	first := h.Now()
	h.CheckKey(h.ctx, full)
	h.pass(59 * time.Second)
	h.CheckKey(h.ctx, full)
	if !used().Equal(first) {
		t.Errorf("written at %s, want %s", used(), first)
	}
	h.pass(time.Second)
	h.CheckKey(h.ctx, full)
	if !used().Equal(h.Now()) {
		t.Error("not written after a minute")
	}
}
