package handlers

import (
	"net/http"
	"time"

	"github.com/a-h/templ"

	"quittance/db"
	"quittance/db/erasure"
	"quittance/views"
	"quittance/views/lang"
)

// backups lists the backups and until when each can be opened.
func (s *Server) backups(r *http.Request) (templ.Component, error) {
	list, err := s.store.Backups(r.Context(), before(r), pageRows+1)
	if err != nil {
		return nil, err
	}
	more := len(list) > pageRows
	list = list[:min(len(list), pageRows)]
	v := views.Backups{Empty: views.Empty{Title: "No backups yet", Detail: "An operator makes one with quittance backup."}}
	for _, b := range list {
		v.Rows = append(v.Rows, s.backupRow(r, b))
	}
	v.Pager = listPager("/backups?", before(r), int64(len(list)), more, func() int64 { return list[len(list)-1].Number })
	return v, nil
}

func (s *Server) backupRow(r *http.Request, b db.Backup) views.BackupRow {
	v := views.BackupRow{Number: b.Number, Made: moment(r, b.Started), Expires: moment(r, b.Expires), Size: "–", Sum: b.SHA256, Entries: b.Checkpoint, Ledger: b.Ledger,
		Copies: "no copy of its key was given out", State: views.State{Tone: "ok", Icon: "key", Word: "Can be opened"}}
	if b.Copies > 0 {
		v.Copies = lang.Said("{copies} of its key given out", "copies", lang.Counted(b.Copies, "1 copy", "{n} copies"))
	}
	if b.Bytes > 0 {
		v.Size = megabytes(b.Bytes)
	}
	switch {
	case b.Made.IsZero() && b.Destroyed.IsZero():
		v.State = views.State{Tone: "run", Icon: "hourglass", Word: "Being made"}
	case b.Made.IsZero():
		v.State = views.State{Tone: "over", Icon: "circle-x", Word: "Not finished"}
	case !b.Destroyed.IsZero():
		v.State = views.State{Tone: "", Icon: "lock", Word: "Expired"}
	}
	if !b.Made.IsZero() {
		v.Took = lang.Said("in {started}", "started", took(b.Made.Sub(b.Started)))
	}
	if !b.Destroyed.IsZero() {
		v.Expires = moment(r, b.Destroyed)
	} else if left := b.Expires.Sub(s.store.Now()); left > 0 {
		v.Left = lang.Said("in {left}", "left", lang.Lasting(left))
	}
	return v
}

// megabytes is the size of a file as people say it.
func megabytes(n int64) lang.Word {
	if n < 1_000_000 {
		return lang.Said("{size} kB", "size", lang.Fraction(float64(n)/1000, 0))
	}
	return lang.Said("{size} MB", "size", lang.Fraction(float64(n)/1_000_000, 1))
}

// backupWords says on a receipt what it states of backups that may hold what was erased. Early ones state nothing: of them it is what is true
// now.
func (s *Server) backupWords(r *http.Request, rec erasure.Receipt) (lang.Word, error) {
	var last time.Time
	var err error
	if rec.Backups != nil {
		last = rec.Backups.Until
	} else if last, err = s.store.LastOpening(r.Context(), rec.Ended); err != nil {
		return "", err
	}
	if last.IsZero() {
		return "The records, their words in the full-text index and whatever SQLite had left of them between other records were overwritten with zeros in the database file, and its write-ahead log was overwritten and emptied, before this receipt was written. What the disk itself keeps of overwritten blocks is beyond a program: on flash such an overwrite clears, it does not purge (NIST SP 800-88). An encrypted disk with discard covers that. No backup taken before this erasure's end can be opened with a key that is kept here. Copies that an operator made of the data directory by other means, or of a backup's key, are beyond this statement; a restore erases these records again before anybody can open it.", nil
	}
	return lang.Said("The records, their words in the full-text index and whatever SQLite had left of them between other records were overwritten with zeros in the database file, and its write-ahead log was overwritten and emptied, before this receipt was written. What the disk itself keeps of overwritten blocks is beyond a program: on flash such an overwrite clears, it does not purge (NIST SP 800-88). An encrypted disk with discard covers that. The last backup that may hold these records can be opened until {text}, when its key is destroyed here, and no longer if copies of that key, where some were given out, are destroyed as stated. A restore erases these records again before anybody can open it. Copies that an operator made of the data directory by other means are beyond this statement.", "text", lang.Moment(moment(r, last).Text)), nil
}
