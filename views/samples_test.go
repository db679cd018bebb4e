package views

import "quittance/views/lang"

// Made-up pages for the golden tests, in the states that people meet.

func at(text, utc string) Moment { return Moment{Text: text, UTC: utc} }

var (
	noon    = at("22 Nov 2026, 12:04", "2026-11-22T11:04:00Z")
	evening = at("21 Nov 2026, 16:42", "2026-11-21T15:42:00Z")
	autumn  = at("27 Sep 2026, 10:48", "2026-09-27T08:48:00Z")
)

var sampleStates = []Seg{
	{Tone: "ok", Label: "Labelled", Count: 281}, {Tone: "run", Label: "Erasure pending", Count: 14},
	{Tone: "held", Label: "On hold", Count: 22}, {Tone: "risk", Label: "Two customer IDs", Count: 4},
	{Tone: "erased", Label: "Erased", Count: 6},
}

var sampleNear = []NearMiss{
	{ID: "Cust_8842", How: "differs in upper and lower case", Records: 3},
	{ID: "slack_cust_8842", How: "the same with a prefix", Records: 12},
}

func text(s string) Piece    { return Piece{Text: lang.Word(s)} }
func bar2(kind string) Piece { return Piece{Hidden: kind} }

var sampleRows = []ResultRow{
	{Href: "/records/8841", Service: "Assistant", Instance: "support-bot", Kind: "Message", Written: evening,
		Preview: []Piece{text("Hi, my card ending "), bar2("card"), text(" was charged twice, please call "), bar2("phone")},
		State:   State{Tone: "ok", Icon: "tag", Word: "Labelled"}},
	{Href: "/records/8790", Service: "Assistant", Instance: "sales-bot", Kind: "Message", Written: at("18 Nov 2026, 09:07", "2026-11-18T08:07:00Z"),
		Preview: []Piece{text("You can reach me at "), bar2("email"), text(" after 17:00")},
		State:   State{Tone: "held", Word: "On hold"}},
	{Href: "/records/8102", Service: "Visual Recognition", Instance: "claims-photos", Kind: "Training image", Written: at("2 Nov 2026, 11:30", "2026-11-02T10:30:00Z"),
		Preview: []Piece{text("claim_photo_0412.jpg, 1.2 MB")},
		State:   State{Tone: "ok", Icon: "tag", Word: "Labelled"}},
	{Href: "/records/7716", Service: "Speech to Text", Instance: "callcentre", Kind: "Corpus line", Written: at("30 Oct 2026, 08:15", "2026-10-30T07:15:00Z"),
		Preview: []Piece{text("… this is "), bar2("name"), text(" calling about the policy of "), bar2("name"), text(" …")},
		State:   State{Tone: "run", Icon: "clock", Word: "Erasure pending"}},
	{Href: "/records/7001", Service: "Discovery", Instance: "kb-search", Kind: "Query", Written: at("1 Oct 2026, 13:22", "2026-10-01T11:22:00Z"),
		Preview: []Piece{text("IBAN is "), bar2("iban"), text(", thanks")},
		State:   State{Tone: "erased", Word: "Erased"}},
	{Href: "/records/6650", Service: "Assistant", Instance: "support-bot", Kind: "Message", Written: autumn,
		Preview: []Piece{text("where is my parcel")},
		State:   State{Tone: "risk", Word: "Two customer IDs"}},
}

var sampleFacets = []Facet{
	{Name: "State", Options: []FacetOption{{Label: "Labelled", Href: "/searches/r4nd?state=labelled", Count: 281}, {Label: "Erasure pending", Href: "/searches/r4nd?state=pending", Count: 14}, {Label: "On hold", Href: "/searches/r4nd?state=held", Count: 22}}},
	{Name: "Service", Options: []FacetOption{{Label: "Assistant", Href: "/searches/r4nd", Count: 184, On: true}, {Label: "Discovery", Href: "/searches/r4nd?service=discovery", Count: 96}, {Label: "Visual Recognition", Href: "/searches/r4nd?service=vr", Count: 31}}},
	{Name: "Kind", Options: []FacetOption{{Label: "Message", Href: "/searches/r4nd?kind=message", Count: 280}}},
	{Name: "Written", Options: []FacetOption{{Label: "Last 7 days", Href: "/searches/r4nd?since=7d", Count: 58}, {Label: "Last 30 days", Href: "/searches/r4nd?since=30d", Count: 143}, {Label: "Older", Href: "/searches/r4nd?before=30d", Count: 126}}},
}

func sampleSearch() Search {
	return Search{
		Query: "cust_8842", Asked: true, ID: "cust_8842", Total: 327,
		Sentence: "In 5 services, written between 27 Sep and 21 Nov 2026.",
		Requests: []Link{{Text: "Erasure 7", Href: "/erasures/7", Sub: "due 23 Nov, 04:12"}},
		States:   sampleStates, SubjectHref: "/subjects/s_4f2k", Services: 6, AskedAt: noon,
		Facets: sampleFacets, Chips: []Chip{{Text: "Service Assistant", OffHref: "/searches/r4nd"}}, ClearHref: "/searches/r4nd",
		Rows: sampleRows, Pager: Pager{From: 1, To: 6, Total: 184, Older: "/searches/r4nd?after=c2"},
		CSVAction: "/searches/r4nd/csv", Near: sampleNear,
	}
}

func sampleSubject() Subject {
	return Subject{
		Aliases: []AliasRow{{ID: "slack_cust_8842", Href: "/subjects/s_91", Ref: "s_91", Records: 12, Evidence: "The two differ only by the prefix that an integration puts before its own ID",
			Confirmed: noon, By: "Sam Ode", Action: "/subjects/s_4f2k/aliases/undo"}},
		Candidates: []AliasRow{{ID: "intercom_cust_8842", Href: "/subjects/s_92", Ref: "s_92", Records: 1, Evidence: "The two differ only by the prefix that an integration puts before its own ID", Action: "/subjects/s_4f2k/aliases"},
			{ID: "rita", Href: "/subjects/s_93", Ref: "s_93", Records: 3, Evidence: "One conversation bears both: one person, or two who share it"}},
		Consultations: []Consultation{{Record: 8102, Href: "/records/8102", By: "Sam Ode", Purpose: "Help the person with their case", When: noon}}, Looks: 3,
		ID: "cust_8842", Ref: "s_4f2k", Total: 327, States: sampleStates, Near: sampleNear, Returned: &Returned{Records: 2, Erasure: 2, Ended: autumn, Erase: "/subjects/s_4f2k/returned/erase", AskGround: true, Dismiss: "/subjects/s_4f2k/returned/dismiss"},
		Sentence: "327 records in 3 services, written between 27 Sep and 21 Nov 2026.",
		Services: []SubjectService{
			{Service: "Assistant", Instance: "support-bot", Href: "/searches/r4nd?service=1", Records: 200, First: autumn, Last: evening,
				States: []Seg{{Tone: "ok", Label: "Labelled", Count: 190}, {Tone: "run", Label: "Erasure pending", Count: 10}}},
			{Service: "Visual Recognition", Instance: "claims-photos", Href: "/searches/r4nd?service=3", Records: 31, First: autumn, Last: evening,
				States: []Seg{{Tone: "ok", Label: "Labelled", Count: 9}, {Tone: "held", Label: "On hold", Count: 22}}},
			{Service: "Discovery", Instance: "kb-search", Href: "/searches/r4nd?service=2", Records: 96, First: autumn, Last: evening,
				States: []Seg{{Tone: "ok", Label: "Labelled", Count: 96}}},
		},
		Erasures: []SubjectErasure{
			{Number: 7, Href: "/erasures/7", By: "Sam Ode, support", Filed: evening, State: State{Tone: "run", Word: "Running"}},
			{Number: 2, Href: "/erasures/2", By: "API key of support-bot", Filed: autumn, State: State{Tone: "ok", Word: "Done"}},
		},
		Timeline: []Event{
			{When: noon, What: "Erasure 7 approved", Sub: "Rita Lind", Href: "/erasures/7"},
			{When: evening, What: "Erasure 7 proposed", Sub: "Sam Ode, 327 records"},
			{When: autumn, What: "First record", Sub: "Assistant, support-bot"},
		},
		Facts: []KV{
			{Key: "Also known as", Value: "slack_cust_8842", Mono: true},
			{Key: "First seen", Value: "27 Sep 2026, 10:48"}, {Key: "Last seen", Value: "21 Nov 2026, 16:42"},
			{Key: "Legal holds", Value: "none"}, {Key: "Reference", Value: "s_4f2k", Mono: true, Copy: true},
		},
		RecordsHref: "/searches/r4nd", EraseHref: "/erasures/new?subject=s_4f2k", ExportHref: "/exports/new?subject=s_4f2k",
	}
}

var sampleParts = []Option{{Value: "whole", Label: "The whole record"}, {Value: "4", Label: "Only request.input.text"}, {Value: "7", Label: "Only response.output.generic[0].text"}}

func sampleRecord() Record {
	return Record{
		Number: 8841, Service: "Assistant", Kind: "Message", Instance: "support-bot", Written: evening,
		State: State{Tone: "ok", Icon: "tag", Word: "Labelled"},
		Body: []BodyField{
			{Path: "request.input.text", Pieces: sampleRows[0].Preview},
			{Path: "request.context.metadata.user_id", Pieces: []Piece{bar2("customer ID")}},
			{Path: "response.output.generic[0].text", Pieces: []Piece{text("I am sorry. I have opened a case and will call "), bar2("phone"), text(" today.")}},
			{Path: "response.output.intents[0].intent", Pieces: []Piece{text("double_charge")}},
			{Path: "language", Pieces: []Piece{text("en")}},
		},
		Labels: []RecordLabel{{ID: "cust_8842", Href: "/subjects/s_4f2k", Seq: 91204, Since: evening}},
		Facts: []KV{
			{Key: "Came in", Value: "API, v2 message"}, {Key: "Number at commit", Value: "91,204"},
			{Key: "Log ID", Value: "5f1c0d0e-2b77-4a0e-9c1b-3d0f4f6f1a22", Mono: true, Copy: true},
			{Key: "Received", Value: "21 Nov 2026, 16:42:07"}, {Key: "Body", Value: "1.9 kB"},
		},
		Digest: State{Tone: "ok", Icon: "fingerprint", Word: "Digest matches"}, SubjectHref: "/subjects/s_4f2k",
		CanReveal: true, Parts: sampleParts, Part: "whole", Purposes: []Option{{Label: "Choose a purpose"}, {Value: "access", Label: "Answering an access request"}, {Value: "dispute", Label: "Solving a dispute"}},
	}
}

func sampleRevealed() Record {
	v := sampleRecord()
	v.Body = []BodyField{
		{Path: "request.input.text", Pieces: []Piece{text("Hi, my card ending 4242 was charged twice, please call +49 30 555 0100")}},
		{Path: "request.context.metadata.user_id", Pieces: []Piece{text("cust_8842")}},
	}
	v.LearningOut = true
	v.Revealed = &Revealed{Seconds: 60, Purpose: "Solving a dispute", Back: "/records/8841", Entry: "Audit entry 88,214", EntryHref: "/audit/88214"}
	return v
}

func samplePicture(href string) Record {
	v := sampleRecord()
	v.Number, v.Service, v.Kind, v.Instance = 8102, "Visual Recognition", "Image", "claims-photos"
	v.Picture = &Picture{Width: 640, Height: 480, Href: href}
	v.Body = []BodyField{{Path: "type", Pieces: []Piece{text("image/jpeg")}}, {Path: "filename", Pieces: []Piece{text("claim_photo_0412.jpg")}}}
	v.Facts = []KV{{Key: "Came in by", Value: "Watson API, Visual Recognition v4"}, {Key: "Picture", Value: "JPEG, 1.2 MB"}, {Key: "Dimensions", Value: "640 × 480 pixels"}}
	if href != "" {
		v.Revealed = sampleRevealed().Revealed
	}
	return v
}

func sampleHome() Home {
	return Home{
		Now:    noon,
		Alarms: []AlarmLine{{Tone: "over", Sentence: "1 erasure is past the 24 hours and not ended", Href: "/erasures/5", Since: noon}},
		Returned: []ReturnedRow{
			{Subject: SubjectRef{Text: "cust_8842", Href: "/subjects/s_4f2k"}, Records: 2, Erasure: 2, Ended: autumn, Erase: "/subjects/s_4f2k/returned/erase"},
			{Subject: SubjectRef{Text: "cust_17", Href: "/subjects/s_17"}, Records: 1, Erasure: 1, Ended: autumn, Open: 8},
			{Subject: SubjectRef{Text: "cust_18", Href: "/subjects/s_18"}, Records: 1, Erasure: 1, Ended: autumn},
		},
		ReturnedAll: 4,
		Due: []DueErasure{
			{Number: 5, Href: "/erasures/5", State: State{Tone: "over", Word: "Partly failed"}, Due: at("22 Nov 2026, 10:02", "2026-11-22T09:02:00Z"), Left: "Late by 2 h 2 min", Tone: "over", Records: 41},
			{Number: 7, Href: "/erasures/7", State: State{Tone: "run", Word: "Running"}, Due: at("22 Nov 2026, 15:16", "2026-11-22T14:16:00Z"), Left: "3 h 12 min", Tone: "soon", Records: 327},
			{Number: 9, Href: "/erasures/9", State: State{Tone: "wait", Word: "Scheduled"}, Due: at("23 Nov 2026, 11:40", "2026-11-23T10:40:00Z"), Left: "23 h 36 min", Records: 1204},
		},
		Waiting: []WaitingItem{
			{What: "Approve erasure 11", Sub: "327 records, proposed by Sam Ode", Href: "/erasures/11", Since: noon},
			{What: "Approve erasure 12", Sub: "8 records, proposed by Sam Ode", Href: "/erasures/12", Since: evening},
		},
		Tickets: &HomeTickets{Works: true, More: 3, Due: []TicketRow{
			{Number: 18, Right: "Portability", State: State{Tone: "run", Word: "In progress"}, Due: at("18 Nov 2026", "2026-11-18"), Left: "4 days late", Tone: "over", Used: 1},
			{Number: 21, Right: "Access", State: State{Tone: "wait", Word: "Open"}, Due: at("26 Nov 2026", "2026-11-26"), Left: "4 days left", Tone: "soon", Used: .87}},
			Mine: []TicketRow{{Number: 31, Right: "Access", State: State{Tone: "run", Word: "In progress"}, Due: at("18 Dec 2026", "2026-12-18"), Left: "26 days left", Used: .13}}},
		Batches: []RunningBatch{{Number: 4, Href: "/batches/4", State: State{Tone: "run", Word: "Running"}, Sentence: "3 erasures, 412 of 1,572 records erased",
			Segs: []Seg{{Tone: "ok", Label: "Confirmed", Count: 120}, {Tone: "run", Label: "Erased", Count: 292}, {Tone: "wait", Label: "Waiting", Count: 1160}}}},
		Drill: DrillRow{Number: 1203, State: DrillOutcomes["passed"], Started: at("22 Nov 2026, 03:01", "2026-11-22T02:01:00Z")},
		Coverage: []Coverage{
			{Service: "Assistant", Instance: "support-bot", Href: "/services/1", Sentence: "97 % of 18,204", Segs: []Seg{{Tone: "ok", Label: "Labelled", Count: 17658}, {Tone: "risk", Label: "Not labelled", Count: 546}}},
			{Service: "Assistant", Instance: "sales-bot", Href: "/services/2", Sentence: "100 % of 9,120", Segs: []Seg{{Tone: "ok", Label: "Labelled", Count: 9120}}},
			{Service: "Discovery", Instance: "kb-search", Href: "/services/3", Sentence: "63 % of 7,410", Segs: []Seg{{Tone: "ok", Label: "Labelled", Count: 4668}, {Tone: "risk", Label: "Not labelled", Count: 2742}}},
			{Service: "Speech to Text", Instance: "callcentre", Href: "/services/4", Sentence: "No records yet"},
		},
		Times: []DayTimes{
			{Day: "14 Nov", P50: 1.2, P95: 4, Max: 6.5, Count: 9}, {Day: "15 Nov", P50: 1, P95: 3.1, Max: 3.4, Count: 4}, {Day: "16 Nov"},
			{Day: "17 Nov", P50: 2.2, P95: 9, Max: 14, Count: 12}, {Day: "18 Nov", P50: .6, P95: 2, Max: 3, Count: 7}, {Day: "19 Nov", P50: 1.9, P95: 6, Max: 8.2, Count: 10},
			{Day: "20 Nov", P50: 1.4, P95: 5, Max: 21.7, Count: 15}, {Day: "21 Nov", P50: .9, P95: 2.5, Max: 4.1, Count: 8},
		},
		PerDay: []DayCount{
			{"14 Nov", 10, 9}, {"15 Nov", 4, 4}, {"16 Nov", 0, 0}, {"17 Nov", 13, 12}, {"18 Nov", 6, 7},
			{"19 Nov", 12, 10}, {"20 Nov", 14, 15}, {"21 Nov", 9, 8},
		},
	}
}

func sampleSignIn() SignIn {
	return SignIn{Local: true, Accounts: []DemoAccount{
		{Role: "Support", May: "find a person, propose an erasure", Email: "support@demo.example", Password: "p1"},
		{Role: "Officer", May: "approve, hold, export", Email: "officer@demo.example", Password: "p2"},
		{Role: "Second officer", May: "approve what the first proposed", Email: "second.officer@demo.example", Password: "p3"},
		{Role: "Auditor", May: "read what holds no personal data", Email: "auditor@demo.example", Password: "p4"},
		{Role: "Administrator", May: "services, keys, people", Email: "admin@demo.example", Password: "p5"},
	}}
}
