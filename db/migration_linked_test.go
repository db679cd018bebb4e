package db

import (
	"database/sql"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/pressly/goose/v3"
)

// old is a store as it was after some migration, in a file of its own.
type old struct {
	*testing.T
	*sql.DB
	*goose.Provider
}

func oldStore(t *testing.T, version int64) old {
	t.Helper()
	d, err := sql.Open("sqlite", fileURI(filepath.Join(t.TempDir(), "old.db"))+"?_pragma=foreign_keys(1)&_pragma=journal_mode(wal)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	d.SetMaxOpenConns(1)
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, d, files)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
	return old{t, d, p}
}

func (o old) must(query string) {
	o.Helper()
	if _, err := o.ExecContext(o.T.Context(), query); err != nil {
		o.Fatalf("%s: %v", query, err)
	}
}

// TestKindsAreWidened: a store of before keeps its services and all that refers to them, takes the new kinds and no others, and is whole.
func TestKindsAreWidened(t *testing.T) {
	ctx, d := t.Context(), oldStore(t, 7)
	must := d.must
	must("INSERT INTO service (guid, kind, name, created) VALUES ('g', 'assistant', 'Bot', 1), ('h', 'text-to-speech', 'Voice', 2)")
	must("INSERT INTO api_key (id, hash, service, name, scopes, created) VALUES ('k', zeroblob(32), 1, 'n', 'logs', 1)")
	if _, err := d.Up(ctx); err != nil {
		t.Fatal(err)
	}
	must("INSERT INTO service (guid, kind, hosting, name, created) VALUES ('i', 'opendsr', 'linked', 'A', 1), ('j', 'http', 'linked', 'B', 1), ('l', 'manual', 'linked', 'C', 1)")
	if _, err := d.ExecContext(ctx, "INSERT INTO service (guid, kind, name, created) VALUES ('m', 'cloud', 'D', 1)"); err == nil {
		t.Error("a kind that is none is taken")
	}
	var names, keys int
	var whole string
	err := d.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM service), (SELECT count(*) FROM api_key k JOIN service v ON v.number = k.service WHERE v.name = 'Bot' AND v.settings = ''), (SELECT * FROM pragma_integrity_check)").Scan(&names, &keys, &whole)
	if err != nil || names != 5 || keys != 1 || whole != "ok" {
		t.Errorf("%d services, %d keys of the old one, %s, %v", names, keys, whole, err)
	}
	rows, err := d.QueryContext(ctx, "PRAGMA foreign_key_check")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if rows.Next() {
		t.Error("something refers to a service that is not there")
	}
}
