package db_test

import (
	"context"
	"errors"
	"testing"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/label"
)

func TestSearchSkill(t *testing.T) {
	s, ctx := dbtest.Open(t), context.Background()
	bot := dbtest.Service(t, s, "Plain bot")
	front, _ := gateway(t, s)
	letters, err := s.AddService(ctx, audit.System, label.Discovery, "Letters", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		from, to int64
		place    string
		want     error
	}{
		{bot.Number, letters.Number, "projects/p1", nil},
		{bot.Number, letters.Number, "environments/e/collections/c", nil},
		{bot.Number, letters.Number, "", db.ErrSkill},
		{bot.Number, letters.Number, "projects/../x", db.ErrSkill},
		{bot.Number, letters.Number, "projects/..", db.ErrSkill},
		{bot.Number, letters.Number, "environments/../collections/c", db.ErrSkill},
		{bot.Number, letters.Number, "environments/e/collections/.", db.ErrSkill},
		{bot.Number, letters.Number, "environments/e", db.ErrSkill},
		{bot.Number, bot.Number, "projects/p1", db.ErrSkill},
		{letters.Number, letters.Number, "projects/p1", db.ErrSkill},
		{front.Number, letters.Number, "projects/p1", db.ErrSkill},
		{99, letters.Number, "projects/p1", db.ErrSkill},
	} {
		if err := s.SetSearch(ctx, audit.System, tt.from, tt.to, tt.place); !errors.Is(err, tt.want) {
			t.Errorf("%+v: %v", tt, err)
		}
	}
	linked := func() (int64, string) {
		v, err := s.ServiceByGUID(ctx, bot.GUID)
		if err != nil {
			t.Fatal(err)
		}
		return v.Search, v.SearchIn
	}
	if to, in := linked(); to != letters.Number || in != "environments/e/collections/c" {
		t.Errorf("it leads to %d, %q", to, in)
	}
	if err := s.RemoveService(ctx, audit.System, letters.Number); err != nil {
		t.Fatal(err)
	}
	if to, _ := linked(); to != 0 {
		t.Errorf("it leads to %d, which is removed", to)
	}
	if err := s.SetSearch(ctx, audit.System, bot.Number, 0, "projects/p1"); err != nil {
		t.Error(err)
	}
	if to, in := linked(); to != 0 || in != "" {
		t.Errorf("it leads to %d, %q", to, in)
	}
}
