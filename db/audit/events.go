package audit

import "slices"

// Event is what happened. The list is closed: an event that has no row in
// the table (eventtable.go) cannot stand in a leaf.
type Event string

// Group gathers events for the filter of the audit page.
type Group string

// The groups, in the order in which a page lists them.
const (
	GroupSignIn   Group = "Sign-in"
	GroupReading  Group = "Reading"
	GroupRecords  Group = "Records"
	GroupErasures Group = "Erasures"
	GroupHolds    Group = "Holds"
	GroupTickets  Group = "Tickets"
	GroupBatches  Group = "Batches"
	GroupAdmin    Group = "Administration"
	GroupUpkeep   Group = "Upkeep"
	GroupLog      Group = "Audit trail"
)

// The closed list of events. What each one means stands beside it in the table.
const (
	SignInOK          Event = "signin.ok"
	SignInFailed      Event = "signin.failed"
	SignInConfirmed   Event = "signin.confirmed"
	SignedOut         Event = "signin.out"
	SessionEnded      Event = "session.ended"
	PermissionRefused Event = "permission.refused"

	SearchMade      Event = "search.made"
	LinkedAsked     Event = "linked.asked"
	RecordsExported Event = "records.exported"
	ListSearched    Event = "list.searched"
	ListExported    Event = "list.exported"
	TableExported   Event = "table.exported"
	RecordRevealed  Event = "record.revealed"
	LogsRead        Event = "logs.read"
	ExportMade      Event = "export.made"
	ExportSealed    Event = "export.sealed"
	ExportEnded     Event = "export.ended"
	ExportStarted   Event = "export.started"
	ExportFinished  Event = "export.finished"
	ExportFetched   Event = "export.fetched"
	ExportCancelled Event = "export.cancelled"
	ExportFailed    Event = "export.failed"
	ExportDropped   Event = "export.dropped"
	TrainingChecked Event = "training.checked"
	TrainingCleaned Event = "training.cleaned"

	RecordsIngested Event = "records.ingested"
	RecordsAnswered Event = "records.answered"
	RecordsRemoved  Event = "records.removed"
	RecordsLabelled Event = "records.labelled"
	LabelsRepaired  Event = "labels.repaired"
	RepairUndone    Event = "labels.unrepaired"
	AliasConfirmed  Event = "alias.confirmed"
	AliasUndone     Event = "alias.undone"
	ImportStarted   Event = "import.started"
	ImportFinished  Event = "import.finished"
	ImportFailed    Event = "import.failed"
	ImportCancelled Event = "import.cancelled"
	ImportDiscarded Event = "import.discarded"

	ErasureProposed  Event = "erasure.proposed"
	ErasureAccepted  Event = "erasure.accepted"
	ErasureRefreshed Event = "erasure.refreshed"
	ErasureApproved  Event = "erasure.approved"
	ErasureRefused   Event = "erasure.refused"
	ErasureWithdrawn Event = "erasure.withdrawn"
	ErasureScheduled Event = "erasure.scheduled"
	ErasureStarted   Event = "erasure.started"
	ErasureHeld      Event = "erasure.held"
	ErasureLate      Event = "erasure.late"
	ErasureVerified  Event = "erasure.verified"
	ErasurePartial   Event = "erasure.partial"
	ErasureDone      Event = "erasure.done"
	ErasureReturned  Event = "erasure.returned"
	ErasureDismissed Event = "erasure.dismissed"
	ErasureAsked     Event = "erasure.asked"

	BulkListed    Event = "bulk.listed"
	BulkProposed  Event = "bulk.proposed"
	BulkApproved  Event = "bulk.approved"
	BulkRefused   Event = "bulk.refused"
	BulkWithdrawn Event = "bulk.withdrawn"
	BulkExported  Event = "bulk.exported"

	PartSent         Event = "part.sent"
	PartRepeated     Event = "part.repeated"
	PartAccepted     Event = "part.accepted"
	PartConfirmed    Event = "part.confirmed"
	PartUnobservable Event = "part.unobservable"
	PartFailed       Event = "part.failed"
	PartByHand       Event = "part.manual"
	PartRetried      Event = "part.retried"
	PartTask         Event = "part.task"
	PartStated       Event = "part.stated"
	PartAttested     Event = "part.attested"
	PartAbandoned    Event = "part.abandoned"
	EvidenceShown    Event = "evidence.shown"
	EvidenceErased   Event = "evidence.erased"
	SaltShown        Event = "salt.shown"
	SaltsDestroyed   Event = "salt.destroyed"

	HoldPlaced          Event = "hold.placed"
	HoldWidened         Event = "hold.widened"
	HoldConfirmed       Event = "hold.confirmed"
	HoldReviewed        Event = "hold.reviewed"
	HoldAsked           Event = "hold.asked"
	HoldStays           Event = "hold.stays"
	HoldLifted          Event = "hold.lifted"
	HoldExpired         Event = "hold.expired"
	RestrictionPlaced   Event = "restriction.placed"
	RestrictionReviewed Event = "restriction.reviewed"
	RestrictionLifted   Event = "restriction.lifted"

	TicketOpened      Event = "ticket.opened"
	TicketAssigned    Event = "ticket.assigned"
	TicketID          Event = "ticket.id"
	TicketNoted       Event = "ticket.noted"
	TicketNoteErased  Event = "ticket.unnoted"
	TicketAttached    Event = "ticket.attached"
	TicketFetched     Event = "ticket.fetched"
	TicketFileErased  Event = "ticket.unattached"
	TicketVerified    Event = "ticket.verified"
	TicketWaiting     Event = "ticket.waiting"
	TicketResumed     Event = "ticket.resumed"
	TicketExtended    Event = "ticket.extended"
	TicketLinked      Event = "ticket.linked"
	TicketAnswered    Event = "ticket.answered"
	TicketRefused     Event = "ticket.refused"
	TicketWithdrawn   Event = "ticket.withdrawn"
	TicketAbandoned   Event = "ticket.abandoned"
	TicketMerged      Event = "ticket.merged"
	TicketReopened    Event = "ticket.reopened"
	TicketEmptied     Event = "ticket.emptied"
	TicketNamesErased Event = "ticket.unnamed"
	TicketsExported   Event = "ticket.exported"

	AnswerPrepared Event = "answer.prepared"
	AnswerRedacted Event = "answer.redacted"
	AnswerRestored Event = "answer.restored"
	AnswerReleased Event = "answer.released"
	AnswerLinked   Event = "answer.linked"
	AnswerBegun    Event = "answer.begun"
	AnswerFetched  Event = "answer.fetched"
	AnswerSent     Event = "answer.sent"
	AnswerEnded    Event = "answer.ended"
	StatementSet   Event = "statement.changed"
	LetterChanged  Event = "letter.changed"
	LetterSent     Event = "letter.sent"
	CasesListed    Event = "cases.listed"
	CasesProposed  Event = "cases.proposed"
	CasesApproved  Event = "cases.approved"
	CasesWithdrawn Event = "cases.withdrawn"
	CasesDestroyed Event = "cases.destroyed"
	CaseDestroyed  Event = "case.destroyed"

	BatchOpened  Event = "batch.opened"
	BatchStarted Event = "batch.started"
	BatchPaused  Event = "batch.paused"
	BatchResumed Event = "batch.resumed"
	BatchStopped Event = "batch.stopped"
	BatchChunk   Event = "batch.chunk"
	BatchErased  Event = "batch.erased"
	BatchDone    Event = "batch.done"
	BatchForced  Event = "batch.forced"

	RetentionProposed Event = "retention.proposed"
	RetentionApproved Event = "retention.approved"
	RetentionChanged  Event = "retention.changed"
	RetentionRan      Event = "retention.ran"

	ServiceAdded    Event = "service.added"
	ServiceChanged  Event = "service.changed"
	ServiceReached  Event = "service.reached"
	ServiceRemoved  Event = "service.removed"
	KeyAdded        Event = "key.added"
	KeyRevoked      Event = "key.revoked"
	UserAdded       Event = "user.added"
	UserChanged     Event = "user.changed"
	UserDisabled    Event = "user.disabled"
	PasswordChanged Event = "user.password"
	WebhookAdded    Event = "webhook.added"
	WebhookRemoved  Event = "webhook.removed"
	PolicyChanged   Event = "policy.changed"
	PolicyScheduled Event = "policy.scheduled"

	BackupMade    Event = "backup.made"
	BackupFailed  Event = "backup.failed"
	BackupExpired Event = "backup.expired"

	DrillStarted Event = "drill.started"
	DrillPassed  Event = "drill.passed"
	DrillFailed  Event = "drill.failed"
	SweepDone    Event = "sweep.done"
	DigestBad    Event = "digest.bad"
	StateAgrees  Event = "state.agrees"
	StateDiffers Event = "state.differs"

	SampleCommitted Event = "sample.committed"
	SampleDrawn     Event = "sample.drawn"
	FilterSaved     Event = "filter.saved"
	FilterRemoved   Event = "filter.removed"
	FilterChanged   Event = "filter.changed"
	FilterShared    Event = "filter.shared"

	LogChecked      Event = "log.checked"
	LogCreated      Event = "log.created"
	LogPinned       Event = "log.pinned"
	LogRotated      Event = "log.rotated"
	LogRetired      Event = "log.retired"
	LogRestored     Event = "log.restored"
	LogWitnessed    Event = "log.witnessed"
	LogUnwitnessed  Event = "log.unwitnessed"
	LedgerLost      Event = "ledger.lost"
	ErasureReplayed Event = "erasure.replayed"
	ErasureRestored Event = "erasure.restored"
)

// EventInfo is one row of the closed list, ready for a page.
type EventInfo struct {
	Event    Event
	Group    Group
	Sentence string // one plain English sentence, with its full stop
	about    Kind   // the kind of object that it must name; "" leaves it free
}

var events = func() map[Event]EventInfo {
	m := make(map[Event]EventInfo, len(list))
	for _, row := range list {
		m[row.Event] = row
	}
	return m
}()

// Events gives the closed list, grouped, in the order for a page.
func Events() []EventInfo { return slices.Clone(list) }

// Valid tells whether the event is in the closed list.
func (e Event) Valid() bool { _, ok := events[e]; return ok }

// Sentence is the event in one plain English sentence, "" when it is unknown.
func (e Event) Sentence() string { return events[e].Sentence }

// Group is where the event belongs on a page, "" when it is unknown.
func (e Event) Group() Group { return events[e].Group }
