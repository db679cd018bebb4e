package views

import (
	"testing"

	"quittance/views/lang"
)

var (
	inForce = State{Tone: "held", Word: "In force"}
	lifting = State{Tone: "soon", Icon: "clock", Word: "In force, end asked for"}
	lifted  = State{Tone: "erased", Icon: "circle-minus", Word: "Lifted"}
)

func sampleHolds() Holds {
	return Holds{
		Tabs: []Tab{{Label: "Active", Href: "/holds", Count: 3, Current: true}, {Label: "Holds", Href: "/holds?show=holds", Count: 2}, {Label: "Restrictions", Href: "/holds?show=restrictions", Count: 1},
			{Label: "Review due", Href: "/holds?show=due", Count: 1}, {Label: "Ended", Href: "/holds?show=ended", Count: 4}},
		Rows: []HoldRow{
			{Number: 7, Kind: "Hold", State: lifting, Ground: WordsOf("17-3-e"), Keeps: "1 customer ID", PlacedBy: "Rita Lind", Placed: noon, Review: evening, ReviewDue: true},
			{Number: 6, Kind: "Restriction", State: inForce, Ground: WordsOf("18-1-a"), Keeps: "2 customer IDs", PlacedBy: "Rita Lind", Placed: evening},
			{Number: 4, Kind: "Hold", State: inForce, Ground: WordsOf("17-3-b"), Keeps: "3 records", PlacedBy: "Ola Berg", Placed: autumn, Ends: noon, EndsWords: "not confirmed"},
		},
		Find: true,
	}
}

func sampleHold() Hold {
	return Hold{
		Number: 7, Kind: "Hold", State: lifting, Sentence: "Its end is asked for. It goes on until another officer confirms.", Due: true, Note: "Court file 7 O 112/26.",
		Facts: []KV{{Key: "Ground", Value: WordsOf("17-3-e")}, {Key: "Custodian", Value: "C. Cole, Cole & Partners"}},
		Keeps: []HoldTarget{{Subject: SubjectRef{Text: "cust_8842", Href: "/subjects/s_4f2k"}, Sub: "22 records now"}},
		Waits: []Link{{Text: "Erasure 7", Href: "/erasures/7", Sub: "22 records"}}, Lift: true, Keep: true, Review: &Review{},
		History: []Event{{When: noon, What: "Somebody asked for the end of a hold; another officer has to confirm it.", Sub: "Ola Berg"}, {When: evening, What: "A hold was placed: records are kept from erasure. Art. 17(3).", Sub: "Rita Lind"}},
	}
}

func TestHoldPages(t *testing.T) {
	render(t, "holds", sampleHolds())
	render(t, "holds_empty", Holds{Tabs: sampleHolds().Tabs, Empty: Empty{Title: "Nothing is held here", Detail: "An officer places a hold or a restriction."}})
	render(t, "hold", sampleHold())
	barred := sampleHold()
	barred.Lift, barred.Barred, barred.Confirm = false, "You asked for its end, so another officer has to confirm it.", "3 Mar 2027"
	barred.Review = &Review{On: "soon", Error: "Write a day as year, month and day: 2026-03-31."}
	render(t, "hold_barred", barred)
	render(t, "hold_ended", Hold{Number: 3, Kind: "Hold", State: lifted, Sentence: "Lifted on 22 Nov 2026, 12:04. It keeps nothing any more.", NoteGone: true,
		Keeps: []HoldTarget{{Subject: SubjectRef{Text: "ref 7b1f09c4", Reference: true}, Sub: "Kept nothing since its end"}, {Subject: SubjectRef{Text: "Record 12"}, Sub: "Erased since"}}})
	render(t, "hold_restriction", Hold{Number: 6, Kind: "Restriction", State: inForce, Sentence: "The records are stored and nothing else, until it is lifted with notice to the person.",
		Keeps: sampleHold().Keeps, Release: &Release{On: "2027-01-01", OnErr: "This day has not come.", Channel: "letter", ChannelErr: "Say how the person was told."}, Review: &Review{}})
}

func TestNewHoldPages(t *testing.T) {
	v := NewHold{Token: "s_4f2k", Subject: SubjectRef{Text: "cust_8842", Href: "/subjects/s_4f2k"}, Counted: 327, Also: []string{"slack_cust_8842"}}
	render(t, "newhold", v)
	v.Restriction = true
	render(t, "newhold_restriction", v)
	render(t, "newhold_refused", NewHold{Records: "3, 98", RecordsErr: "There is no record 98.", GroundErr: "Choose the ground.", CustodyErr: "Name the person who answers for it, in at most 200 characters.",
		Note: "court file 7", NoteErr: "Keep the reason under 2,000 characters of plain text.", Review: "2026-01-01", ReviewErr: "Choose a day that lies ahead.", Expiry: "soon", ExpiryErr: "Write a day as year, month and day: 2026-03-31."})
}

// What is held stands on the pages of what it is about, and a restricted record shows nothing of itself.
func TestHeldElsewhere(t *testing.T) {
	mark := HoldMark{State: State{Tone: "held", Word: "Held"}, Text: "Hold 7", Href: "/holds/7", Sub: "Kept from erasure: " + WordsOf("17-3-e") + "."}
	frozen := HoldMark{State: State{Tone: "held", Icon: "hand-stop", Word: "Restricted"}, Text: "Restriction 6", Href: "/holds/6", Sub: "Stored and nothing else."}
	s := sampleSubject()
	s.Holds, s.HoldHref, s.FreezeHref = []HoldMark{mark, frozen}, "/holds/new?subject=s_4f2k", "/holds/new?kind=restriction&subject=s_4f2k"
	render(t, "subject_held", s)
	r := sampleRecord()
	r.Holds, r.HoldHref, r.Frozen, r.Body, r.CanReveal = []HoldMark{frozen}, "/holds/new?record=8841", true, nil, true
	render(t, "record_restricted", r)
}

func TestHeldErasure(t *testing.T) {
	e := partialErasure()
	e.Next = "What lies here is erased and confirmed, bar 22 records that a hold or a restriction keeps. The request goes on by itself when that has ended."
	e.Held = []HeldRow{{Hold: "Hold 7", Href: "/holds/7", What: "kb-search, Query", Ground: WordsOf("17-3-e"), Records: 22}, {Hold: "Hold 8", What: "support-bot, Message", Ground: WordsOf("17-3-b"), Records: 1}}
	e.Receipt = "/erasures/7/receipt"
	render(t, "erasure_held", e)
	r := madeReceipt()
	r.Waits = true
	r.Exceptions = []lang.Word{lang.Said("kb-search: 22 records kept by Hold 7. {words}", "words", WordsOf("17-3-e"))}
	render(t, "receipt_held", r)
	r = madeReceipt()
	r.Amendments = []Amendment{{Name: "First receipt", Href: "/erasures/7/receipt?amendment=0", Made: noon, Entry: 88214, Lines: []lang.Word{"kb-search: 96 of 118 records erased and confirmed.", lang.Said("kb-search: 22 records kept by Hold 7. {words}", "words", WordsOf("17-3-e"))}},
		{Name: "Amendment 1", Href: "/erasures/7/receipt?amendment=1", Made: noon, Entry: 90001, Lines: []lang.Word{"kb-search: 118 of 118 records erased and confirmed."}}}
	render(t, "receipt_amended", r)
}
