package audit

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
