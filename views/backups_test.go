package views

import (
	"strings"
	"testing"

	"quittance/views/lang"
)

func TestBackups(t *testing.T) {
	row := func(n int64, s State, took, left, size, sum string) BackupRow {
		return BackupRow{n, s, minute(22, 4, 12), lang.Word(took), minute(23, 4, 12), lang.Word(left), lang.Word(size), sum, 1204 * n, 17, "no copy of its key was given out"}
	}
	sum := strings.Repeat("0123456789abcdef", 4)
	render(t, "backups", Backups{Pager: Pager{From: 1, To: 3, Total: 3}, Rows: []BackupRow{
		row(3, State{"run", "hourglass", "Being made"}, "", "in 30 days", "–", ""),
		row(2, State{"ok", "key", "Can be opened"}, "in 3.2 s", "in 12 days", "41.3 MB", sum),
		row(1, State{"", "lock", "Expired"}, "in 2.9 s", "", "40.9 MB", sum)}})
	render(t, "backups_empty", Backups{Empty: Empty{"No backups yet", "An operator makes one with quittance backup."}})
}
