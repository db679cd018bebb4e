package views

import (
	"strings"
	"testing"
	"time"

	"quittance/views/lang"
)

// The made-up request of these pages: 327 records of cust_8842, proposed on
// 22 November 2026 by Sam Ortiz, with Rita Lind (the test frame) as officer.

var berlin = time.FixedZone("Europe/Berlin", 3600)

func minute(day, hour, min int) Moment {
	return MomentOf(time.Date(2026, 11, day, hour, min, 0, 0, berlin), berlin)
}

const madeHash = "9f2c41d07be5a8836a1f0c5d2e94b7716f3a8d0015c2be47e9ab3310d48c62e1"

var (
	proposed  = State{"soon", "clock", "Proposed"}
	scheduled = State{"run", "hourglass", "Scheduled"}
	running   = State{"run", "loader-2", "Running"}
	verifying = State{"run", "search", "Verifying"}
	finished  = State{"ok", "circle-check", "Done"}
	partial   = State{"risk", "alert-triangle", "Partial"}
	refused   = State{"", "ban", "Refused"}
	withdrawn = State{"", "circle-minus", "Withdrawn"}
	subject   = SubjectRef{Text: "cust_8842", Href: "/subjects/s_4f2c81"}
	reference = SubjectRef{Text: "k2:7b1f09c4", Reference: true}
)

func madeManifest() Manifest {
	return Manifest{
		Rows: []ManifestRow{
			{Service: "support-bot", Where: "Assistant, hosted here", Kind: "Message", Href: "/services/1", Erase: 184},
			{Service: "kb-search", Where: "Discovery, hosted here", Kind: "Query", Href: "/services/2", Erase: 96, Stay: 22, Why: "Legal hold 3, Art. 17(3)(e)"},
			{Service: "claims-photos", Where: "Visual Recognition, hosted here", Kind: "Training image", Href: "/services/3", Erase: 31},
			{Service: "callcentre", Where: "Speech to Text, hosted here", Kind: "Corpus line", Href: "/services/4", Erase: 16},
			{Service: "sales-bot", Where: "Assistant, linked, us-south", Kind: "Message", Href: "/services/5", Unreachable: 4, Why: "No customer ID label: the service will not delete them when asked by ID"},
		},
		Erase: 327, Stay: 22, Unreachable: 4, Shared: 3,
		CutOff: CutOff{Seq: 40_118, Taken: minute(22, 9, 3), Age: "2 h ago"},
		Kept: []KeptRow{
			{Where: []lang.Word{"support-bot: 14 records"}, Words: KeepOf("unlabelled").Words, Source: KeepOf("unlabelled").Source},
			{Where: []lang.Word{"support-bot", "sales-bot"}, Words: KeepOf("training").Words, Source: KeepOf("training").Source},
		},
		NotAsked: []string{"Speech to Text, eu-gb"},
	}
}

// steps are the five states in order, as far as the request has come.
func steps(now int, subs ...string) []Step {
	labels := []string{"Proposed", "Scheduled", "Running", "Verifying", "Done"}
	all := make([]Step, len(labels))
	for i, l := range labels {
		all[i] = Step{Label: lang.Word(l), State: map[int]string{-1: "done", 0: "now", 1: "next"}[min(1, max(-1, i-now))]}
		if i < len(subs) {
			all[i].Sub = subs[i]
		}
	}
	return all
}

func madeErasure(s State) Erasure {
	m := madeManifest()
	m.Hash = madeHash
	return Erasure{
		Number: 7, Records: 327, Subject: subject, State: s, Manifest: m, Updated: "11:04:10",
		Note: "She closed the account by phone and asked for everything to go.",
		Facts: []KV{
			{Key: "Ground", Value: "Consent withdrawn (Art. 17(1)(b))"},
			{Key: "Proposed by", Value: "Sam Ortiz, support"},
			{Key: "Services", Value: "5 of 5"},
		},
		History: []Event{{When: minute(22, 9, 3), What: "Proposed", Sub: "Sam Ortiz, entry 88213", Href: "/audit/88213"}},
	}
}

func madeApproval() *Approval {
	return &Approval{Hash: madeHash, Records: 327, Age: "2 h ago",
		Confirm: Confirm{Words: "erase 327 records", Button: "Approve erasure of 327 records"}}
}

func proposedErasure() Erasure {
	v := madeErasure(proposed)
	v.Next = "An officer who is not Sam Ortiz has to approve or refuse it."
	v.Steps = steps(0, "22 Nov 09:03")
	v.Approve, v.Refuse, v.Refresh = madeApproval(), &Refusal{}, true
	return v
}

func scheduledErasure() Erasure {
	v := madeErasure(scheduled)
	v.Next = "The next batch takes it when the cancel window has ended."
	v.Window = &Window{Ends: minute(22, 11, 19), Left: "12 min left"}
	v.Steps = steps(1, "22 Nov 09:03", "22 Nov 11:04")
	v.Withdraw = &Withdrawal{}
	v.Facts = append(v.Facts, KV{Key: "Approved by", Value: "Rita Lind, officer"})
	v.History = append([]Event{{When: minute(22, 11, 4), What: "Approved", Sub: "Rita Lind, entry 88301", Href: "/audit/88301"}}, v.History...)
	v.Parts = madeParts(State{"wait", "clock", "Waiting"}, "Nothing has been asked of it yet.", 0)
	return v
}

func madeParts(s State, meaning string, done int64) []Part {
	part := func(name, where, href string, n int64) Part {
		return Part{Service: name, Where: lang.Word(where), Href: href, State: s, Meaning: lang.Word(meaning), Records: n,
			Bar: []Seg{{"ok", "Confirmed", n * done / 100}, {"wait", "Waiting", n - n*done/100}}}
	}
	return []Part{
		part("support-bot", "Assistant, hosted here", "/services/1", 184),
		part("kb-search", "Discovery, hosted here", "/services/2", 96),
		part("claims-photos", "Visual Recognition, hosted here", "/services/3", 31),
		part("callcentre", "Speech to Text, hosted here", "/services/4", 16),
	}
}

func runningErasure() Erasure {
	v := scheduledErasure()
	v.State, v.Window, v.Withdraw, v.Push = running, nil, nil, "/erasures/7/live"
	v.Manifest.Tense = Underway
	v.Next = "Batch 4 erases it now. What has gone cannot be brought back."
	v.Steps = steps(2, "22 Nov 09:03", "22 Nov 11:04", "since 11:20")
	clock := HourRuler(time.Date(2026, 11, 22, 11, 4, 0, 0, berlin), time.Date(2026, 11, 22, 14, 40, 0, 0, berlin), time.Date(2026, 11, 23, 11, 4, 0, 0, berlin), berlin, "Due {format}, {hours} hours after approval")
	v.Clock = &clock
	v.Parts = madeParts(State{"run", "loader-2", "Running"}, "Part of it is erased here; nothing has been asked again yet.", 60)
	v.Parts = append(v.Parts,
		Part{Service: "sales-bot", Where: "Assistant, linked, us-south", Href: "/services/5", State: State{"run", "send", "Sent"}, Meaning: "The deletion was sent. Whether it arrived is not known.", Records: 41, Bar: []Seg{{"run", "Sent", 41}}, When: minute(22, 11, 21)},
		Part{Service: "kb-archive", Where: "Discovery, linked, eu-gb", State: State{"run", "inbox", "Accepted"}, Meaning: "It said that it will erase. It has not shown that it did.", Records: 12, Bar: []Seg{{"run", "Accepted", 12}}, When: minute(22, 11, 22)},
	)
	return v
}

func verifyingErasure() Erasure {
	v := runningErasure()
	v.Manifest.Tense = Checked
	v.State, v.Next = verifying, "Every service is asked again, by another path than the deletion."
	v.Steps = steps(3, "22 Nov 09:03", "22 Nov 11:04", "22 Nov 11:20", "since 11:31")
	return v
}

func doneErasure() Erasure {
	v := scheduledErasure()
	v.State, v.Subject, v.Window, v.Withdraw = finished, reference, nil, nil
	v.Next, v.Note, v.NoteGone, v.Receipt = "Every part has ended. The customer ID has been replaced by a reference.", "", true, "/erasures/7/receipt"
	v.Steps = steps(5, "22 Nov 09:03", "22 Nov 11:04", "22 Nov 11:20", "22 Nov 11:31", "22 Nov 11:32")
	v.Manifest.Tense, v.Manifest.NotAsked = Past, nil
	v.Parts = madeParts(State{"ok", "circle-check", "Confirmed"}, "Asked again by another path: nothing up to the cut-off was found.", 100)
	v.Parts = append(v.Parts,
		Part{Service: "kb-archive", Where: "Discovery, linked, eu-gb", State: State{"risk", "eye-off", "Unobservable"}, Meaning: "Accepted 24 hours ago; the service cannot be asked. Nobody can see whether it erased.", Records: 12, Bar: []Seg{{"risk", "Unobservable", 12}}, When: minute(23, 11, 22)},
		Part{Service: "paper-archive", Where: "By hand", State: State{"held", "user", "Attested"}, Meaning: "Mary Okafor says that it was erased, with evidence.", Records: 2, Bar: []Seg{{"held", "Attested", 2}}, When: minute(23, 9, 0)})
	v.History = append([]Event{{When: minute(22, 11, 32), What: "Done", Sub: "system, entry 88344", Href: "/audit/88344"}}, v.History...)
	return v
}

func partialErasure() Erasure {
	v := doneErasure()
	v.State, v.Subject, v.Receipt = partial, subject, ""
	v.Next = "One part failed and can be tried again. The rest is erased."
	v.Steps = steps(3, "22 Nov 09:03", "22 Nov 11:04", "22 Nov 11:20", "one part waits")
	v.Parts[4] = Part{Service: "sales-bot", Where: "Assistant, linked, us-south", State: State{"over", "alert-triangle", "Failed"}, Meaning: "The service answered 500 three times.", Records: 41,
		Bar: []Seg{{"over", "Failed", 41}}, When: minute(22, 11, 30), Attempts: "3 attempts, next 12:33", Retry: "/erasures/7/parts/5/retry"}
	return v
}

// byHandErasure has a part that waits for a person, as an officer sees it after a refused form, and one that an officer has attested.
func byHandErasure() Erasure {
	v := partialErasure()
	v.Parts[4] = Part{Service: "cellar", Where: "By hand, linked", Href: "/services/5", Linked: true, State: State{"risk", "hand-stop", "By hand"}, Meaning: PartWords("manual"), Bar: []Seg{{"risk", "By hand", 1}}, When: minute(22, 11, 30)}
	v.Parts = append(v.Parts, Part{Service: "attic", Where: "By hand, linked", Href: "/services/6", Linked: true, State: State{"ok", "fingerprint", "Attested"}, Meaning: "A person did it and says so, with evidence.",
		Bar: []Seg{{"ok", "Attested", 1}}, When: minute(22, 11, 40), Said: "Rita Lind, 22 Nov 2026, 11:40: done on 22 November 2026.", Quote: "Shredded the binder.\nTwo people saw it.",
		Evidence: "/erasures/7/parts/6/evidence", EvidenceWords: "Evidence, 120 kB", Forget: "/erasures/7/parts/6/evidence/erase"})
	v.Attest = []Attestation{{Service: 5, Name: "cellar", Instructions: "Look in the cellar.\nShred it.", Action: "/erasures/7/parts/5", May: true, Open: true, Done: "2026-11-30", DoneErr: "This day has not come yet.",
		WordsErr: "Say it in at most 2,000 characters.", FileErr: "Too large.", OpenEnd: true, CodeErr: "Choose why it cannot be done.", Why: "x", WhyErr: "Say it."}}
	return v
}

// taskErasure is the same as support sees it.
func taskErasure() Erasure {
	v := byHandErasure()
	v.Parts = v.Parts[:5]
	v.Attest = []Attestation{{Service: 5, Name: "cellar", Instructions: "Look in the cellar."}}
	return v
}

func refusedErasure() Erasure {
	v := madeErasure(refused)
	v.Manifest.Tense = Never
	v.Next = "Nothing was erased. The person was told on 22 November, with the reasons and with what they can do."
	v.Steps = []Step{{"Proposed", "22 Nov 09:03", "done"}, {"Refused", "22 Nov 11:04", "now"}}
	v.Refused = &Refused{Ground: WordsOf("17-3-e"), Explanation: "The records are needed for the claim that is before the court in Hamburg; they will be erased when it has ended.", Authority: "Der Hamburgische Beauftragte für Datenschutz", By: "Rita Lind, officer", When: minute(22, 11, 4)}
	return v
}

func withdrawnErasure() Erasure {
	v := madeErasure(withdrawn)
	v.Manifest.Tense = Never
	v.Next = "Withdrawn by Sam Ortiz before anything was erased. The note and the customer ID stay with the records."
	v.Steps = []Step{{"Proposed", "22 Nov 09:03", "done"}, {"Withdrawn", "22 Nov 09:40", "now"}}
	return v
}

func barredErasure() Erasure {
	v := proposedErasure()
	v.Approve, v.Refuse, v.Withdraw = nil, nil, &Withdrawal{}
	v.Barred = "You proposed this erasure. Another officer has to approve it."
	return v
}

func deniedErasure() Erasure {
	v := proposedErasure()
	v.Approve.Confirm.Typed, v.Approve.Confirm.Error = "yes", "Type “erase 327 records” exactly as it stands."
	v.Approve.Error = "The manifest has grown since you read it. Read it again before you approve."
	v.Refuse = &Refusal{Ground: "17-3-e", Explanation: "Court", AuthorityErr: "Name the authority that the person can complain to.", ToldErr: "Art. 12(4) demands both.", Complaint: true, Open: true}
	return v
}

func TestErasurePages(t *testing.T) {
	for name, v := range map[string]Erasure{
		"erasure_proposed": proposedErasure(), "erasure_scheduled": scheduledErasure(), "erasure_running": runningErasure(),
		"erasure_verifying": verifyingErasure(), "erasure_done": doneErasure(), "erasure_partial": partialErasure(),
		"erasure_refused": refusedErasure(), "erasure_withdrawn": withdrawnErasure(),
		"erasure_barred": barredErasure(), "erasure_denied": deniedErasure(), "erasure_plus": plusErasure(), "erasure_together": togetherErasure(),
		"erasure_byhand": byHandErasure(), "erasure_task": taskErasure(),
	} {
		t.Run(name, func(t *testing.T) {
			page := render(t, name, v)
			if n := strings.Count(page, "danger-solid"); n > 1 || n == 1 && v.Approve == nil {
				t.Errorf("%d filled red buttons; only the confirm step has one", n)
			}
		})
	}
}

// togetherErasure was proposed in one step with that of an alias, and with one that an officer has refused since.
func togetherErasure() Erasure {
	v := proposedErasure()
	v.Together = []Sibling{{Number: 7, Subject: subject, State: proposed, Records: 327}, {Number: 8, Href: "/erasures/8", Subject: SubjectRef{Text: "slack_cust_8842", Href: "/subjects/s_91"}, State: proposed, Records: 12},
		{Number: 9, Href: "/erasures/9", Subject: reference, State: refused, Records: 3}}
	v.Approve.With, v.Approve.Records = []ApprovedWith{{Number: 8, Hash: strings.Repeat("ab", 32)}}, 339
	v.Approve.Confirm = Confirm{Words: "erase 339 records in 2 requests", Button: "Approve 2 erasures"}
	return v
}

// plusErasure was filed with a + in its address, and found nothing.
func plusErasure() Erasure {
	v := doneErasure()
	v.Records, v.Manifest = 0, Manifest{CutOff: v.Manifest.CutOff, Hash: madeHash, Tense: Past}
	v.Beside = &Beside{ID: "+491701234567", Records: 2, Propose: "/erasures/new?subject=s_77aa01"}
	return v
}

func TestErasureLiveIsPartOfThePage(t *testing.T) {
	v := runningErasure()
	page, part := render(t, "erasure_running", v), render(t, "erasure_live", v.Live())
	if !strings.Contains(page, strings.TrimSpace(part)) {
		t.Error("what is pushed is not what the page shows: a morph would change it")
	}
}

func madeNewErasure() NewErasure {
	return NewErasure{
		Token: "s_4f2c81", Subject: subject, Manifest: madeManifest(), Approval: "An officer who is not you has to approve it.",
		Action: "/erasures", Similar: sampleNear,
		Services: []ServiceChoice{
			{ID: "1", Name: "support-bot", Detail: "Assistant, hosted here, 184 records", Ticked: true},
			{ID: "2", Name: "kb-search", Detail: "Discovery, hosted here, 118 records", Ticked: true},
			{ID: "5", Name: "sales-bot", Detail: "Assistant, linked, not counted", Ticked: true},
		},
	}
}

func refusedNewErasure() NewErasure {
	v := madeNewErasure()
	v.GroundErr, v.Note, v.NoteErr = "Choose one of the six grounds.", "She wrote twice", "At most 500 characters."
	v.Services[2].Ticked, v.Services[2].Error = false, "Say why this service is left out."
	v.Error = "Nothing was proposed. Two things are missing."
	return v
}

func TestNewErasure(t *testing.T) {
	render(t, "newerasure", madeNewErasure())
	page := render(t, "newerasure_refused", refusedNewErasure())
	for _, kept := range []string{"She wrote twice", "Choose one of the six grounds.", "Say why this service is left out."} {
		if !strings.Contains(page, kept) {
			t.Errorf("a refused form has lost %q", kept)
		}
	}
	empty := madeNewErasure()
	empty.Manifest = Manifest{CutOff: empty.Manifest.CutOff}
	empty.Similar = nil
	render(t, "newerasure_nothing", empty)
	also := madeNewErasure()
	also.Also = []AlsoErased{{SubjectRef{Text: "slack_cust_8842", Href: "/subjects/s_91"}, 12}, {SubjectRef{Text: "intercom_cust_8842", Href: "/subjects/s_92"}, 1}}
	render(t, "newerasure_also", also)
}

func madeErasures() Erasures {
	row := func(n int64, who SubjectRef, s State, records int64, due string) ErasureRow {
		return ErasureRow{Number: n, Subject: who, State: s, Ground: "Art. 17(1)(b)", ProposedBy: "Sam Ortiz", Records: records, Proposed: minute(22, 9, 3), Due: minute(23, 11, 4), DueIn: lang.Word(due)}
	}
	return Erasures{
		Tabs: []Tab{{"All", "/erasures", 31, true}, {"Waiting for approval", "/erasures?state=proposed", 4, false}, {"Scheduled", "/erasures?state=scheduled", 2, false}, {"Running", "/erasures?state=running", 1, false}, {"Partial", "/erasures?state=partial", 1, false}, {"Done", "/erasures?state=done", 20, false}, {"Refused", "/erasures?state=refused", 2, false}, {"Withdrawn", "/erasures?state=withdrawn", 1, false}},
		Rows: []ErasureRow{
			row(8, SubjectRef{Text: "cust_10377", Href: "/subjects/s_1"}, proposed, 41, "not running yet"), row(7, subject, scheduled, 327, "in 23 h"),
			row(6, SubjectRef{Text: "intercom_5c499e55", Href: "/subjects/s_3"}, running, 1204, "in 20 h"), row(5, SubjectRef{Text: "cust_20914", Href: "/subjects/s_5"}, partial, 88, "2 h late"),
			row(4, reference, finished, 12, ""), row(3, reference, refused, 9, ""), row(2, reference, withdrawn, 0, ""),
		},
		Pager: Pager{From: 1, To: 7, Total: 31, Older: "/erasures?before=2"},
	}
}

func TestErasures(t *testing.T) {
	render(t, "erasures", madeErasures())
	render(t, "erasures_empty", Erasures{Tabs: []Tab{{"All", "/erasures", 0, true}}, Empty: Empty{"No erasures yet", "Requests will stand here, whether people propose them or applications file them."}})
}

func madeReceipt() Receipt {
	return Receipt{
		Number: 7, Reference: "k2:7b1f09c4", Ground: WordsOf("17-1-b"), Proposed: minute(22, 9, 3), Approved: minute(22, 11, 4), Finished: minute(23, 11, 32),
		ProposedBy: "Sam Ortiz, support", ApprovedBy: "Rita Lind, officer", CutOff: CutOff{Seq: 40_118, Taken: minute(22, 9, 3)}, Manifest: madeHash,
		Rows: []ReceiptRow{
			{"support-bot", "Assistant, hosted here", "Message", 184, 0, minute(22, 11, 31)}, {"kb-search", "Discovery, hosted here", "Query", 118, 22, minute(22, 11, 31)},
			{"claims-photos", "Visual Recognition, hosted here", "Training image", 31, 0, minute(22, 11, 32)}, {"callcentre", "Speech to Text, hosted here", "Corpus line", 16, 0, minute(22, 11, 32)},
		},
		Recipients: []Recipient{
			{"support-bot", "Assistant, hosted here", State{"ok", "circle-check", "Confirmed"}, "Asked again: nothing up to the cut-off was found.", minute(22, 11, 31)},
			{"kb-archive", "Discovery, linked, eu-gb", State{"risk", "eye-off", "Unobservable"}, "Accepted, 24 hours gone, cannot be asked.", minute(23, 11, 22)},
			{"paper-archive", "By hand", State{"held", "user", "Attested"}, "Mary Okafor, with evidence.", minute(23, 9, 0)},
		},
		Exceptions: []lang.Word{"22 queries stay: legal hold 3, Art. 17(3)(e).", "3 records bore other customers’ IDs too, and went whole."},
		Backups:    "Backups made before this erasure still hold the records until their key is destroyed, at most 30 days after they were made. A restore replays this erasure before anyone can read.",
		Audit:      true, Entries: []EntryRef{{88213, "Erasure proposed", minute(22, 9, 3)}, {88301, "Erasure approved", minute(22, 11, 4)}, {88340, "Records erased", minute(22, 11, 30)}, {88344, "Erasure done", minute(23, 11, 32)}},
		Checkpoint: "quittance.example/log\n88345\nn1R9k0YtC0mQ2uY0yB0m8Cw1XnGq7fYx1b2v3c4d5e6=\n\n— quittance.example 5Xr2aQ9bJ8mZc1VwKt0pLhGfDsAzXcVbNmQwErTyUiOp==", KeyName: "quittance.example+1b5c9a02",
	}
}

func TestReceipt(t *testing.T) {
	if page := render(t, "receipt", madeReceipt()); !strings.Contains(page, "was never signed") {
		t.Error("an unsigned receipt does not say so")
	}
	v := madeReceipt()
	v.File, v.Exceptions = "/erasures/7/receipt.json", nil
	v.Signed = Signed{Entry: 88344, Size: 88345, Body: madeHash, Proof: []string{"n1R9k0YtC0mQ2uY0yB0m8Cw1XnGq7fYx1b2v3c4d5e6=", "2mQ2uY0yB0m8Cw1XnGq7fYx1b2v3c4d5e6n1R9k0YtC0="}}
	v.Code, v.Span = QR{Size: 29, Path: "M4 4.5h7M12 4.5h1"}, "88213, 88340–88344"
	v.About = About{Commitment: madeHash, Kept: true, Until: minute(23, 11, 32), Days: 30, Action: "/erasures/7/receipt/salt"}
	if page := render(t, "receipt_signed", v); strings.Contains(page, "never signed") {
		t.Error("a signed receipt says that it is not")
	}
	v.About.Salt = strings.Repeat("5a", 32)
	if page := render(t, "receipt_salt", v); !strings.Contains(page, v.About.Salt) || strings.Contains(page, "Show the salt") {
		t.Error("the salt that was asked for is not shown, or asked for again")
	}
}

func TestHourRuler(t *testing.T) {
	start := time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		now  time.Duration
		used float64
		lead string
	}{
		{-time.Hour, 0, "25 h 0 min left"}, {6 * time.Hour, 0.25, "18 h 0 min left"},
		{24*time.Hour - 30*time.Second, 1, "Less than a minute left"}, {26 * time.Hour, 1, "2 h 0 min late"},
	} {
		r := HourRuler(start, start.Add(c.now), start.Add(24*time.Hour), time.UTC, "Due {format}, {hours} hours after approval")
		if lang.InEnglish(r.Lead) != c.lead || r.Used < c.used-0.001 || r.Used > c.used+0.001 {
			t.Errorf("%v after the start: %q, %.3f used; want %q, %.3f", c.now, r.Lead, r.Used, c.lead, c.used)
		}
	}
}

func TestWordsOf(t *testing.T) {
	for code, want := range map[string]string{"17-1-b": "Consent withdrawn, and no other legal ground (Art. 17(1)(b))", "12-2": "We show that we cannot identify the person (Art. 12(2), 11(2))", "x": "x"} {
		if got := lang.InEnglish(WordsOf(code)); got != want {
			t.Errorf("WordsOf(%q) = %q, want %q", code, got, want)
		}
	}
}

func madeChanges() *Changes {
	return &Changes{Title: "The manifest has changed", Lapsed: true, Lead: "More comes under this erasure than its manifest shows. It needs a new cut-off.",
		Rows: []ChangeRow{
			{Service: "support-bot", Where: "Assistant, hosted here", Kind: "Message", Href: "/services/1", Was: "184", Now: "187", What: "3 more records and 1 more bears other IDs too"},
			{Service: "kb-search", Where: "Discovery, hosted here", Kind: "Query", Href: "/services/2", Was: "0", Now: "12", What: "New: 12 records"},
			{Service: "sales-bot", Where: "Assistant, linked", Href: "/services/5", Was: "not called", Now: "called", What: "Linked meanwhile"},
		},
		Joined: []SubjectRef{{Text: "slack_cust_8842", Href: "/subjects/s_91"}}, Parted: []Link{{Text: "Erasure 9", Href: "/erasures/9"}},
		Refresh: "/erasures/7/refresh", Button: "Take a new cut-off"}
}

// An approval that has lapsed says so above everything else, and offers the new cut-off in its place; a new cut-off shows what it has changed.
func TestErasureChanges(t *testing.T) {
	v := proposedErasure()
	v.Lapsed, v.Approve = madeChanges(), nil
	page := render(t, "erasure_lapsed", v)
	if strings.Contains(page, "/erasures/7/approve") || strings.Index(page, "Nothing was approved.") > strings.Index(page, "manifest-h") {
		t.Error("what has lapsed can still be approved, or is told below the manifest")
	}
	v = proposedErasure()
	v.Changed = &Changes{Title: "Changed since the manifest before", Lead: "That one was taken 3 h ago.", Rows: madeChanges().Rows[:1]}
	v.Near, v.Approve.Later, v.Manifest.Unreachable = sampleNear, 2, 0
	if page := render(t, "erasure_changed", v); strings.Contains(page, "Nothing was approved.") {
		t.Error("a new cut-off reads like a refusal")
	}
}

// In each tense a manifest says what is, was or would have been: never that something will be erased which has gone or stays.
func TestManifestTenses(t *testing.T) {
	for tense, want := range map[Tense]string{Planned: "327 records will be erased", Underway: "327 records being erased", Checked: "327 records removed, being checked",
		Past: "327 records to be erased", Never: "327 records would have been erased"} {
		m := madeManifest()
		m.Tense = tense
		var out strings.Builder
		if err := manifest(m).Render(t.Context(), &out); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), want) {
			t.Errorf("tense %d does not say %q", tense, want)
		}
		if tense != Planned && strings.Contains(strings.ToLower(out.String()), "will be erased") {
			t.Errorf("tense %d says what will be", tense)
		}
	}
}

// What lies elsewhere only is proposed and approved in words of its own: nothing is counted, and nothing is erased here.
func TestErasureElsewhere(t *testing.T) {
	m := Manifest{CutOff: madeManifest().CutOff, Rows: []ManifestRow{{Service: "sales-bot", Where: "Assistant", Href: "/services/5", Called: true, Why: "Linked, not counted here."}}}
	form := NewErasure{Action: "/searches/r4nd/erasure", Elsewhere: true, Subject: SubjectRef{Text: "cust_8842", Href: "/searches/r4nd"}, Manifest: m, Approval: "An officer who is not you has to approve it.",
		Services: []ServiceChoice{{ID: "5", Name: "sales-bot", Detail: "Assistant, linked, not counted", Ticked: true}}}
	if page := render(t, "newerasure_elsewhere", form); strings.Contains(page, `name="subject"`) {
		t.Error("the form names a subject that is not known here")
	}
	v := proposedErasure()
	v.Records, v.Manifest, v.Approve.Records, v.Approve.Elsewhere = 0, m, 0, 1
	v.Approve.Confirm = Confirm{Words: "erase elsewhere", Button: "Approve the erasure elsewhere"}
	v.Manifest.Hash = madeHash
	render(t, "erasure_elsewhere", v)
}

// A long row of calls is folded; what is folded is still there.
func TestTimelineFolds(t *testing.T) {
	v := runningErasure()
	v.History = append([]Event{{When: minute(22, 11, 30), What: "A call failed.", Sub: "sales-bot, Quittance"},
		{What: "2 earlier entries about linked services", Folded: []Event{{When: minute(22, 11, 29), What: "It was called.", Sub: "sales-bot, Quittance"}, {When: minute(22, 11, 28), What: "A call failed earlier.", Sub: "sales-bot, Quittance"}}}}, v.History...)
	if page := render(t, "erasure_folded", v); !strings.Contains(page, "A call failed earlier.") || !strings.Contains(page, "<details") {
		t.Error("the folded entries are not on the page")
	}
}
