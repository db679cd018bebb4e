package audit

import "slices"

// Event is what happened. The list is closed: an event that has no row in the
// table below cannot stand in a leaf.
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

// list is in the order in which a page shows it.
var list = []EventInfo{
	{SignInOK, GroupSignIn, "Somebody signed in.", KindUser},
	{SignInFailed, GroupSignIn, "A sign-in was refused.", ""},
	{SignInConfirmed, GroupSignIn, "Somebody proved again who they are before a sensitive step.", KindUser},
	{SignedOut, GroupSignIn, "Somebody signed out.", KindUser},
	{SessionEnded, GroupSignIn, "A session was ended before its time.", KindSession},
	{PermissionRefused, GroupSignIn, "Something was asked for that the asker may not do.", ""},

	{SearchMade, GroupReading, "A customer ID was searched for, or messages by a filter.", KindAccess},
	{ErasureAsked, GroupReading, "It was asked whether a customer ID was erased.", KindAccess},
	{LinkedAsked, GroupReading, "A linked service was asked what it holds of a customer ID; nothing of its answer was stored.", KindAccess},
	{ListSearched, GroupReading, "The customer IDs of a list were searched for.", KindAccess},
	{ListExported, GroupReading, "What is held under the customer IDs of a list was exported, by line and reference.", KindAccess},
	{TableExported, GroupReading, "A table of the console was exported as CSV.", ""},
	{RecordsExported, GroupReading, "Records of one customer ID were exported, masked.", KindAccess},
	{RecordRevealed, GroupReading, "A record was shown unmasked, for a stated purpose.", KindAccess},
	{LogsRead, GroupReading, "An application listed logs within one minute.", ""},
	{ExportMade, GroupReading, "An export was made.", KindExport},
	{ExportSealed, GroupReading, "An inspection pack was sent to its end; the entry holds the hash of its manifest.", KindExport},
	{ExportEnded, GroupReading, "An improvement set was sent to its end: masked messages, without those that were opted out of learning.", KindExport},
	{ExportStarted, GroupReading, "An export was begun in the background; its file waits here, encrypted, for whoever asked for it.", KindExport},
	{ExportFinished, GroupReading, "The file of an export is whole; the entry holds its hash.", KindExport},
	{ExportFetched, GroupReading, "The file of an export was fetched by whoever had asked for it; the entry holds its hash.", KindExport},
	{ExportCancelled, GroupReading, "An export was cancelled, or its file discarded, by whoever had asked for it.", KindExport},
	{ExportFailed, GroupReading, "An export was not made to its end, or its file went with a stop of the program.", KindExport},
	{ExportDropped, GroupReading, "The file of an export was dropped: its hour was over, or it may have held what was about to be erased, held or restricted.", KindExport},
	{TrainingChecked, GroupReading, "A file that a service is taught from was checked for personal data; nothing of it was kept.", ""},
	{TrainingCleaned, GroupReading, "Such a file was handed back without what was found in it; nothing of it was kept.", ""},

	{RecordsIngested, GroupRecords, "Records were taken in and committed together.", KindService},
	{RecordsAnswered, GroupRecords, "Records were completed by what the instance behind a gateway answered, and committed together.", KindService},
	{RecordsRemoved, GroupRecords, "An application deleted what it had sent: a classifier, a collection, an image or a document.", KindService},
	{RecordsLabelled, GroupRecords, "Records were given further customer IDs.", KindService},
	{LabelsRepaired, GroupRecords, "A person gave the unlabelled messages of one conversation the customer ID that others of its messages bear.", KindService},
	{RepairUndone, GroupRecords, "A repair of labels was taken back: its messages bear no customer ID again.", KindService},
	{AliasConfirmed, GroupRecords, "Two customer IDs were confirmed to belong to one data subject.", ""},
	{AliasUndone, GroupRecords, "A customer ID was taken from the others of its data subject again.", ""},
	{ImportStarted, GroupRecords, "An import was started.", KindImport},
	{ImportFinished, GroupRecords, "An import was finished.", KindImport},
	{ImportFailed, GroupRecords, "An import stopped before its end and can be resumed.", KindImport},
	{ImportCancelled, GroupRecords, "A running import was cancelled; it can be resumed.", KindImport},
	{ImportDiscarded, GroupRecords, "An import that had stopped was discarded: it is not resumed, and what it stored stays.", KindImport},

	{ErasureProposed, GroupErasures, "An erasure was proposed.", KindErasure},
	{ErasureAccepted, GroupErasures, "An erasure asked for by an application was accepted.", KindErasure},
	{ErasureRefreshed, GroupErasures, "An erasure was given a new cut-off, and any approval lapsed.", KindErasure},
	{ErasureApproved, GroupErasures, "An erasure was approved by a second person.", KindErasure},
	{ErasureRefused, GroupErasures, "An erasure was refused.", KindErasure},
	{ErasureWithdrawn, GroupErasures, "An erasure was withdrawn before it ran.", KindErasure},
	{ErasureScheduled, GroupErasures, "An erasure was scheduled; it can be withdrawn until it runs.", KindErasure},
	{ErasureStarted, GroupErasures, "An erasure began to run.", KindErasure},
	{ErasureHeld, GroupErasures, "An erasure waits, because a hold or a restriction keeps records.", KindErasure},
	{ErasureLate, GroupErasures, "An erasure has passed its 24 hours.", KindErasure},
	{ErasureVerified, GroupErasures, "An erasure was checked by asking again what is left up to its cut-off.", KindErasure},
	{ErasurePartial, GroupErasures, "An erasure ended in part and needs a person.", KindErasure},
	{ErasureDone, GroupErasures, "An erasure is done.", KindErasure},
	{ErasureReplayed, GroupErasures, "A restore erased again what the ledger says was erased.", KindErasure},
	{ErasureRestored, GroupErasures, "A restore took up an erasure from the ledger that the backup does not know.", KindErasure},
	{ErasureReturned, GroupErasures, "Data came in under the ID of an erasure that has ended. It is kept and flagged.", KindErasure},
	{ErasureDismissed, GroupErasures, "An officer said that what came in after an erasure is meant to be there.", KindErasure},

	{BulkListed, GroupErasures, "A list of customer IDs was typed or uploaded, to look at what their erasure would take.", KindBulk},
	{BulkProposed, GroupErasures, "The erasure of a list of customer IDs was proposed; each ID gets its own request.", KindBulk},
	{BulkApproved, GroupErasures, "The requests of a list were approved in one by a second person.", KindBulk},
	{BulkRefused, GroupErasures, "The requests of a list were refused in one.", KindBulk},
	{BulkWithdrawn, GroupErasures, "The requests of a list were withdrawn in one before they ran.", KindBulk},

	{BulkExported, GroupReading, "The requests of a list were exported, by their references.", KindBulk},
	{PartSent, GroupErasures, "A linked service was called to erase.", KindErasure},
	{PartRepeated, GroupErasures, "A linked service was called again, because nobody knows what became of the call before. This moves its cut-off.", KindErasure},
	{PartAccepted, GroupErasures, "A linked service accepted the erasure.", KindErasure},
	{PartConfirmed, GroupErasures, "A linked service was asked again and shows nothing from before our last accepted call, or takes no ID of this form.", KindErasure},
	{PartUnobservable, GroupErasures, "A linked service accepted the erasure and cannot be asked what it still holds.", KindErasure},
	{PartFailed, GroupErasures, "A call to a linked service failed and will be tried again.", KindErasure},
	{PartByHand, GroupErasures, "A linked service refused the call; a person has to see to it.", KindErasure},
	{PartRetried, GroupErasures, "Somebody asked for a call to a linked service to be tried again now.", KindErasure},
	{PartTask, GroupErasures, "A person has to erase at a service that is not called from here.", KindErasure},
	{PartStated, GroupErasures, "A linked service states that it has erased; nobody here has looked.", KindErasure},
	{PartAttested, GroupErasures, "A person attested what was done at a linked service, with evidence.", KindErasure},
	{PartAbandoned, GroupErasures, "A person wrote down why the erasure cannot be done at a linked service.", KindErasure},
	{EvidenceShown, GroupReading, "The evidence of an attestation was read.", KindErasure},
	{EvidenceErased, GroupErasures, "The evidence of an attestation was erased; its hash stays.", KindErasure},
	{SaltShown, GroupReading, "The salt of a receipt was shown, to be given to the requester.", KindErasure},
	{SaltsDestroyed, GroupErasures, "The salts of receipts were destroyed, 30 days after their requests had ended.", ""},

	{HoldPlaced, GroupHolds, "A hold was placed: records are kept from erasure. Art. 17(3).", KindHold},
	{HoldWidened, GroupHolds, "A customer ID was joined with one that a hold or a restriction keeps, and is kept too.", KindHold},
	{HoldConfirmed, GroupHolds, "A second officer confirmed the day on which a hold ends.", KindHold},
	{HoldReviewed, GroupHolds, "A hold was reviewed and stays.", KindHold},
	{HoldAsked, GroupHolds, "Somebody asked for the end of a hold; another officer has to confirm it.", KindHold},
	{HoldStays, GroupHolds, "The end of a hold was asked for and refused, or the question was taken back: the hold stays.", KindHold},
	{HoldLifted, GroupHolds, "A hold was lifted by a second officer. What waited for it goes on.", KindHold},
	{HoldExpired, GroupHolds, "A hold has ended on the day that two officers set. What waited for it goes on.", KindHold},
	{RestrictionPlaced, GroupHolds, "A data subject was restricted: the records are stored and nothing else. Art. 18.", KindHold},
	{RestrictionReviewed, GroupHolds, "A restriction was reviewed and stays.", KindHold},
	{RestrictionLifted, GroupHolds, "A restriction was lifted, after the person was told. Art. 18(3).", KindHold},

	{TicketOpened, GroupTickets, "A request of a person came in and got its ticket.", KindTicket},
	{TicketAssigned, GroupTickets, "A ticket was given to somebody, or back to all.", KindTicket},
	{TicketID, GroupTickets, "A ticket was given another customer ID.", KindTicket},
	{TicketNoted, GroupTickets, "A note was written on a ticket.", KindTicket},
	{TicketNoteErased, GroupTickets, "A note on a ticket was erased; its hash stays.", KindTicket},
	{TicketAttached, GroupTickets, "A file was attached to a ticket.", KindTicket},
	{TicketFetched, GroupReading, "A file of a ticket was fetched.", KindTicket},
	{TicketsExported, GroupReading, "A list of tickets was exported, without anything personal.", ""},
	{TicketFileErased, GroupTickets, "A file of a ticket was erased; its hash stays.", KindTicket},
	{TicketVerified, GroupTickets, "It was checked who asks. Art. 12(6).", KindTicket},
	{TicketWaiting, GroupTickets, "The person was asked for what the ticket needs; it waits for them.", KindTicket},
	{TicketResumed, GroupTickets, "The person gave what the ticket needed, and it goes on.", KindTicket},
	{TicketExtended, GroupTickets, "A ticket was extended, and the person was told why. Art. 12(3).", KindTicket},
	{TicketLinked, GroupTickets, "A ticket was linked with an erasure, a hold, a restriction or an export.", KindTicket},
	{TicketAnswered, GroupTickets, "A ticket was answered.", KindTicket},
	{TicketRefused, GroupTickets, "A ticket was refused, and the person was told why. Art. 12(4).", KindTicket},
	{TicketWithdrawn, GroupTickets, "A person took their request back.", KindTicket},
	{TicketAbandoned, GroupTickets, "A ticket was closed, because the person did not give what it needed.", KindTicket},
	{TicketMerged, GroupTickets, "A ticket was merged into an earlier one about the same.", KindTicket},
	{TicketReopened, GroupTickets, "A ticket that was over was taken up again.", KindTicket},
	{TicketEmptied, GroupTickets, "The erasure of a ticket's customer ID has ended: the ID, notes and files of the ticket are gone.", KindTicket},
	{TicketNamesErased, GroupTickets, "Who asked was erased from a ticket whose customer ID was erased, 30 days after its end.", KindTicket},

	{AnswerPrepared, GroupTickets, "An answer under Art. 15 or 20 was prepared: the records up to a cut-off.", KindAnswer},
	{AnswerRedacted, GroupTickets, "Something of somebody else was left out of an answer. Art. 15(4).", KindAnswer},
	{AnswerRestored, GroupTickets, "Something that was left out of an answer was put back.", KindAnswer},
	{AnswerReleased, GroupTickets, "An answer was released by a second person.", KindAnswer},
	{AnswerLinked, GroupTickets, "A link or a passphrase for an answer was made; it was shown once, and those before it were ended.", KindAnswer},
	{AnswerBegun, GroupReading, "Somebody began to fetch an answer.", KindAnswer},
	{AnswerFetched, GroupReading, "An answer was fetched to its last byte.", KindAnswer},
	{AnswerSent, GroupTickets, "An answer was sent to the person. Art. 12(3).", KindAnswer},
	{AnswerEnded, GroupTickets, "An answer was ended, by an erasure or by a later one: it can no longer be fetched.", KindAnswer},
	{StatementSet, GroupAdmin, "A statement of Art. 15(1) or (2) was worded anew.", ""},
	{LetterSent, GroupTickets, "A letter to the person was kept with its ticket as it was sent.", KindTicket},
	{CasesListed, GroupTickets, "Case files whose time is over were listed for review. Being listed destroys nothing.", ""},
	{CasesProposed, GroupTickets, "The destruction of case files whose time is over was proposed.", KindDisposal},
	{CasesApproved, GroupTickets, "The destruction of case files was approved by a second officer.", KindDisposal},
	{CasesWithdrawn, GroupTickets, "The destruction of case files was taken back or refused; they are listed again.", KindDisposal},
	{CasesDestroyed, GroupTickets, "A batch has destroyed case files, and they were asked for again; what a hold or a restriction keeps is left.", KindDisposal},
	{CaseDestroyed, GroupTickets, "The case file of a ticket was destroyed: IDs, people, notes, files, checks and letters. Its number, dates and outcome stay.", KindTicket},

	{BatchOpened, GroupBatches, "A batch was opened.", KindBatch},
	{BatchStarted, GroupBatches, "A batch began to run.", KindBatch},
	{BatchPaused, GroupBatches, "A batch was paused.", KindBatch},
	{BatchResumed, GroupBatches, "A paused batch went on.", KindBatch},
	{BatchStopped, GroupBatches, "A batch was stopped.", KindBatch},
	{BatchChunk, GroupBatches, "Records were erased: one chunk of a batch, in one transaction.", KindBatch},
	{BatchErased, GroupBatches, "A batch has removed all that it found; its requests are being verified.", KindBatch},
	{BatchDone, GroupBatches, "A batch is done.", KindBatch},
	{BatchForced, GroupBatches, "The operator ran what was scheduled, without waiting for the cancel window.", ""},
	{RetentionRan, GroupBatches, "A batch has erased what was past its retention, and the times were asked again; what a hold or a restriction keeps is left.", KindBatch},

	{ServiceAdded, GroupAdmin, "A service was added.", KindService},
	{ServiceChanged, GroupAdmin, "A service's settings were changed.", KindService},
	{ServiceReached, GroupAdmin, "Messages went to a linked service under an assistant, environment or workspace that was new there; erasures ask for it too.", ""},
	{ServiceRemoved, GroupAdmin, "A service was removed.", KindService},
	{KeyAdded, GroupAdmin, "An API key was added.", KindKey},
	{KeyRevoked, GroupAdmin, "An API key was revoked.", KindKey},
	{UserAdded, GroupAdmin, "A user was added.", KindUser},
	{UserChanged, GroupAdmin, "A user's roles or details were changed.", KindUser},
	{UserDisabled, GroupAdmin, "A user was disabled, and their sessions were ended.", KindUser},
	{PasswordChanged, GroupAdmin, "A user's password was changed.", KindUser},
	{RetentionProposed, GroupAdmin, "A shorter retention was proposed; it takes effect after 24 hours, once a second officer has approved it.", KindService},
	{RetentionApproved, GroupAdmin, "A shorter retention was approved by a second officer, who was shown how many records are due.", KindService},
	{RetentionChanged, GroupAdmin, "A retention was made longer or ended, or a shorter one was taken back.", KindService},
	{LetterChanged, GroupAdmin, "What the house writes in its letters was changed; the version before is kept.", ""},
	{WebhookAdded, GroupAdmin, "A webhook was added: an address that is told what waits and what went wrong.", KindWebhook},
	{WebhookRemoved, GroupAdmin, "A webhook was removed, by an administrator or because its receiver wants no more.", KindWebhook},
	{PolicyChanged, GroupAdmin, "A policy was changed.", ""},
	{PolicyScheduled, GroupAdmin, "The loosening of a policy was scheduled; it takes effect after 24 hours.", ""},

	{BackupMade, GroupAdmin, "A backup was made.", KindBackup},
	{BackupFailed, GroupAdmin, "A backup was not finished; its key was destroyed.", KindBackup},
	{BackupExpired, GroupAdmin, "The key of a backup was destroyed, so that the backup cannot be opened with it any more.", KindBackup},
	{DrillStarted, GroupUpkeep, "A drill was started: a made-up customer is sent in, erased and looked for.", KindDrill},
	{DrillPassed, GroupUpkeep, "A drill was passed: what was sent in was found before its erasure and nowhere afterwards.", KindDrill},
	{DrillFailed, GroupUpkeep, "A drill was not passed: something was left, or could not be looked for.", KindDrill},
	{SweepDone, GroupUpkeep, "Everything that is stored was read, and nothing is damaged.", ""},
	{DigestBad, GroupUpkeep, "Everything that is stored was read, and something is damaged.", ""},
	{StateAgrees, GroupUpkeep, "The state of every erasure, batch and hold was recomputed from the audit trail, and the tables agree.", ""},
	{StateDiffers, GroupUpkeep, "The state of every erasure, batch and hold was recomputed from the audit trail, and the tables differ.", ""},

	{SampleCommitted, GroupLog, "A sample of requests was asked for: its frame and the hash of a random seed are fixed before anybody can know what it draws.", KindSample},
	{SampleDrawn, GroupLog, "A sample was drawn: the seed is revealed, so that anybody can draw it again.", KindSample},
	{FilterSaved, GroupLog, "Somebody saved a filter of the audit trail or of the search for themselves.", KindUser},
	{FilterShared, GroupLog, "Somebody shared a saved filter of the search with all who may search.", KindUser},
	{FilterChanged, GroupLog, "Somebody renamed a saved filter, or kept one that was shared for themselves again.", KindUser},
	{FilterRemoved, GroupLog, "Somebody removed a saved filter of the audit trail or of the search.", KindUser},

	{LogChecked, GroupLog, "The audit trail was checked.", KindCheck},
	{LogCreated, GroupLog, "The audit trail was begun.", ""},
	{LogPinned, GroupLog, "The pin outside the data directory was made, or made anew because none was found.", ""},
	{LogRotated, GroupLog, "The key that signs the audit trail was replaced; for some time both sign.", ""},
	{LogRetired, GroupLog, "A former key of the audit trail was destroyed.", ""},
	{LogWitnessed, GroupLog, "The witnesses of the audit trail were named anew.", ""},
	{LogUnwitnessed, GroupLog, "A witness refused to cosign the audit trail: it has seen more of it than there is, or something else.", ""},
	{LogRestored, GroupLog, "The store was restored from a backup: a new epoch of the audit trail begins here. What was written after the backup is not in it.", ""},
	{LedgerLost, GroupLog, "A restore went on with a ledger that is older than known: what was erased since then may have come back.", ""},
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

// The names that may stand in Entry.Counts.
const (
	CountRecords    = "records"    // records touched, found or shown
	CountLabels     = "labels"     // customer IDs on records
	CountUnlabelled = "unlabelled" // records without a customer ID
	CountRepair     = "repair"     // number of a repair of labels, which stands for its conversation
	CountLate       = "late"       // erasure that the records would have gone with, had they borne the ID in time
	CountShared     = "shared"     // records that bear other customer IDs too
	CountHeld       = "held"       // records that a hold or a restriction keeps
	CountRemaining  = "remaining"  // records found by the verifying query
	CountAccepted   = "accepted"   // import lines stored
	CountRejected   = "rejected"   // import lines refused
	CountDuplicates = "duplicates" // import lines known already
	CountSuppressed = "suppressed" // import lines that stay erased
	CountErasures   = "erasures"   // erasures of a batch
	CountHolds      = "holds"      // holds and restrictions of an export
	CountServices   = "services"   // services or parts concerned
	CountService    = "service"    // number of the service that a part is at
	CountUnasked    = "unasked"    // services that could not be asked (law L11)
	CountChunk      = "chunk"      // which chunk, from 1
	CountReads      = "reads"      // times that logs were listed within the minute
	CountEntries    = "entries"    // log entries that were listed
	CountKeys       = "keys"       // API keys revoked with a service
	CountApproval   = "approval"   // 1: an officer must approve what the API asks for; 0: need not
	CountSessions   = "sessions"   // sessions ended
	CountRoles      = "roles"      // role bits of an account
	CountScopes     = "scopes"     // scope bits of a key
	CountReason     = "reason"     // number of a code from a closed list: reason, ground or purpose
	CountPolicy     = "policy"     // number of a policy of a service
	CountLimit      = "limit"      // records above which the breaker pauses a batch
	CountBefore     = "before"     // a policy's old value, in its unit
	CountAfter      = "after"      // a policy's new value, in its unit
	CountStatus     = "status"     // HTTP status
	CountFirstSeq   = "first"      // first seq of a range
	CountLastSeq    = "last"       // last seq of a range
	CountCutoff     = "cutoff"     // highest seq that an erasure covers (law L2)
	CountBytes      = "bytes"      // size of a file
	CountSize       = "size"       // entries of the audit trail in a backup
	CountPinned     = "pinned"     // entries of the audit trail under the pin
	CountLines      = "lines"      // lines of the erasure ledger
	CountCopies     = "copies"     // copies of a key that were given out
	CountKind       = "kind"       // number of a kind of record
	CountPlanted    = "planted"    // what a drill sent in, over all ways of looking
	CountFound      = "found"      // of that, what was found before its erasure
	CountSlack      = "slack"      // bytes of the database that nobody owns and that are not zero
	CountBad        = "bad"        // records that do not match their digest or their labels
	CountFinds      = "finds"      // of personal data and of health in a file that was checked
	CountByHand     = "byhand"     // of them, those that a person has to change
	CountLooked     = "looked"     // records that an export looks at
	CountOptedOut   = "optedout"   // of them, left out: opted out of learning
	CountPremium    = "premium"    // … of a plan that is excluded from learning
	CountPending    = "pending"    // … an erasure was asked for
	CountOther      = "other"      // … nothing that somebody said
	CountRight      = "right"      // number of the right that a ticket asks for
	CountRegime     = "regime"     // number of the law that its clock runs by
	CountIDs        = "ids"        // customer IDs of a ticket
	CountUser       = "user"       // number of the account that a ticket is assigned to; 0: nobody
	CountTicket     = "ticket"     // number of another ticket
	CountLink       = "link"       // number of what a ticket was linked with
	CountMethod     = "method"     // number of the way in which an identity was checked
	CountLevel      = "level"      // number of how sure that makes
	CountLetter     = "letter"     // number of a kind of letter
	CountLacks      = "lacks"      // parts that a law wants in a letter and that were not found in it
	CountText       = "text"       // number of the version of a letter's text
	CountTable      = "table"      // number of a table of the console
	CountTickets    = "tickets"    // tickets concerned
	CountPages      = "pages"      // pages of the database that are not as they were written
	CountFrom       = "from"       // first entry of a range of the audit trail
	CountTo         = "to"         // last entry of it
	CountFindings   = "findings"   // what a check of the audit trail found
	CountFrame      = "frame"      // requests that a sample is drawn from
	CountSample     = "sample"     // requests that it draws
)

// countLimits is the closed list with the largest value of each: as few digits
// as the thing can need.
var countLimits = map[string]int64{
	CountRecords: maxNumber, CountLabels: maxNumber, CountUnlabelled: maxNumber, CountRepair: maxNumber, CountLate: maxNumber, CountShared: maxNumber,
	CountHeld: maxNumber, CountRemaining: maxNumber, CountAccepted: maxNumber, CountRejected: maxNumber,
	CountDuplicates: maxNumber, CountSuppressed: maxNumber, CountErasures: maxNumber, CountHolds: maxNumber, CountService: maxNumber, CountServices: 9999, CountUnasked: 9999,
	CountChunk: maxNumber, CountReads: maxNumber, CountEntries: maxNumber, CountKeys: 99999, CountApproval: 1, CountSessions: 99999, CountRoles: 255, CountScopes: 255,
	CountReason: 999, CountPolicy: 99, CountLimit: maxNumber, CountBefore: maxNumber, CountAfter: maxNumber, CountStatus: 599,
	CountFirstSeq: maxSeq, CountLastSeq: maxSeq, CountCutoff: maxSeq, CountBytes: maxSeq,
	CountSize: maxSeq, CountPinned: maxSeq, CountLines: maxNumber, CountCopies: 9,
	CountKind:    99,
	CountPlanted: maxNumber, CountFound: maxNumber, CountSlack: maxSeq, CountBad: maxNumber, CountPages: maxNumber, CountFinds: maxNumber, CountByHand: maxNumber,
	CountFrom: maxSeq, CountTo: maxSeq, CountFindings: maxNumber, CountFrame: maxNumber, CountSample: maxNumber,
	CountLooked: maxNumber, CountOptedOut: maxNumber, CountPremium: maxNumber, CountPending: maxNumber, CountOther: maxNumber,
	CountRight: 99, CountRegime: 99, CountIDs: 99, CountUser: maxNumber, CountTicket: maxNumber, CountLink: maxNumber, CountMethod: 99, CountLevel: 99,
	CountLetter: 99, CountLacks: 99, CountText: maxNumber, CountTable: 99, CountTickets: maxNumber,
}

// The names that may stand in Entry.Commits. Each value is a SHA-256, in hex;
// over anything a person could guess it is taken over salt and text, and the
// salt lies in a table that can be erased.
const (
	CommitManifest = "manifest" // what the approver saw
	CommitNote     = "note"     // what somebody wrote beside their decision
	CommitPurpose  = "purpose"  // why a record was revealed
	CommitDigest   = "digests"  // root over the records of one commit
	CommitFile     = "file"     // an export or import file, or one on a ticket; of an inspection pack its manifest
	CommitReceipt  = "receipt"  // a receipt as it was signed
	CommitKey      = "key"      // the verifier key that the trail began with, or went on with
	CommitStore    = "store"    // the identity of the store that the trail belongs to
	CommitPin      = "pin"      // the pinned checkpoint that a restore found
	CommitBackup   = "backup"   // the checkpoint in the backup that was restored
	CommitEvidence = "evidence" // what a person attested about a linked service
	CommitHead     = "head"     // root of the audit trail at the moment
	CommitFrame    = "frame"    // the numbers that a sample is drawn from
	CommitSeed     = "seed"     // the seed of a sample, before it is revealed
	CommitReveal   = "reveal"   // that seed itself: 32 random bytes are no less free of people than a hash
	CommitWord     = "word"     // what whoever asked for the sample added to the seed
)

var commitNames = []string{CommitManifest, CommitNote, CommitPurpose, CommitDigest,
	CommitFile, CommitReceipt, CommitKey, CommitStore, CommitPin, CommitBackup, CommitEvidence,
	CommitHead, CommitFrame, CommitSeed, CommitReveal, CommitWord}
