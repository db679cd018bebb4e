package db

import "errors"

// The errors that callers act on. Each sentence can be shown to a person; the place that turns them into HTTP statuses is handlers/web.go.
var (
	ErrNotFound  = errors.New("there is nothing under this number or reference")
	ErrMoved     = errors.New("the request has moved on meanwhile; look at it again")
	ErrFourEyes  = errors.New("whoever proposed an erasure cannot approve it; a second person must")
	ErrBreaker   = errors.New("whoever approved an erasure of this batch cannot let it go on; a person who approved none of them must")
	ErrHeld      = errors.New("a hold or a restriction keeps this, so it is neither deleted nor replaced until that ends")
	ErrNoGround  = errors.New("a hold needs one of the grounds of Art. 17(3), a restriction one of Art. 18(1)")
	ErrNoNotice  = errors.New("a restriction ends only after the person was told of it: say on which day and by which channel (Art. 18(3))")
	ErrSecond    = errors.New("whoever placed a hold cannot confirm its last day, and whoever asked for its end cannot confirm that; a second officer must")
	ErrLapsed    = errors.New("more records came under this erasure after you read its manifest; read it again before you approve")
	ErrAliases   = errors.New("an ID was joined with this data subject or parted from it after the erasure was proposed; take a new cut-off before you approve")
	ErrLinked    = errors.New("a service was linked after the erasure was proposed; take a new cut-off before you approve")
	ErrTaken     = errors.New("this name is already in use")
	ErrName      = errors.New("a name has at most 80 characters, all of them visible")
	ErrExpired   = errors.New("this has expired")
	ErrCorrupt   = errors.New("the stored record does not match its digest; an administrator must look at the disk")
	ErrNoSubject = errors.New("this ID has no records here, so there is nothing to erase")

	// ErrDamaged is joined to errors of reading a page of the database that is not as it was written.
	ErrDamaged = errors.New("a page of the database is not as Quittance wrote it: the disk has damaged it, or another program has written to the file; " +
		"restore a backup or, if you know that it was another program, remove quittance.db-sums")

	// ErrFull is joined to errors of a disk without room: nothing can be stored, and nothing erased either.
	ErrFull = errors.New("the disk is full")

	// ErrForeign is returned by Open for a database file that Quittance did not make.
	ErrForeign = errors.New("this is not a Quittance database")
	// ErrNewer is returned by Open for a database that a newer program has changed.
	ErrNewer = errors.New("this database was written by a newer version of Quittance; use that version or a newer one")
	// ErrLocked is returned by Open while another process writes to the same data directory.
	ErrLocked = errors.New("another Quittance process is using this data directory")
	// ErrTampered is returned by Open when the audit trail is not the one that was signed last.
	ErrTampered = errors.New("the audit trail does not match its last signed head: the database was altered or put together from parts; restore it from a backup and tell your auditor")
	// ErrKeysOpen is returned by Open when other accounts of the machine can read the key file.
	ErrKeysOpen = errors.New("keys.json can be read by other accounts of this machine: chmod 600 it, and think about who has read it")
	// ErrKeys is returned by Open when the key file is missing or unreadable beside an existing database.
	ErrKeys = errors.New("the key file that belongs to this database is missing; restore keys.json from where you keep it")
)
