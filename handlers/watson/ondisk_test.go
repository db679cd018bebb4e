package watson

import (
	"errors"
	"os/exec"
	"testing"

	"quittance/db"
)

// onDisk tells whether a text stands in a file of the data directory. Another process looks: to open and close the database here would end
// SQLite's locks on it (erase-and-prove.md, fact 6).
func onDisk(t *testing.T, s *db.Store, text string) bool {
	t.Helper()
	out, err := exec.Command("grep", "-rlaF", text, s.Dir()).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 1) {
		t.Fatalf("grep: %v: %s", err, out)
	}
	return err == nil
}
