package handlers

import (
	"strconv"

	"quittance/db"
	"quittance/db/erasure"
	"quittance/views"
	"quittance/views/lang"
)

// stateWords say where an erasure stands, with the tone and icon that its page and its rows share.
var stateWords = map[erasure.State]views.State{
	erasure.Proposed:  {Tone: "soon", Icon: "clipboard-list", Word: "Proposed"},
	erasure.Scheduled: {Tone: "wait", Icon: "clock", Word: "Scheduled"},
	erasure.Running:   {Tone: "run", Word: "Erasing"},
	erasure.Verifying: {Tone: "run", Icon: "list-check", Word: "Verifying"},
	erasure.Done:      {Tone: "ok", Word: "Done"},
	erasure.Partial:   {Tone: "risk", Word: "Partly done"},
	erasure.Refused:   {Tone: "erased", Icon: "ban", Word: "Refused"},
	erasure.Withdrawn: {Tone: "erased", Icon: "circle-minus", Word: "Withdrawn"},
}

func stateOf(s erasure.State) views.State { return stateWords[s] }

func stateWord(s erasure.State) lang.Word { return stateWords[s].Word }

// partWords say where an erasure stands at one service, and what that does and does not promise (law L8).
var partWords = map[erasure.PartState]struct {
	state   views.State
	meaning lang.Word
}{
	erasure.Waiting:      {views.State{Tone: "wait", Word: "Waiting"}, "Nothing has been removed here yet."},
	erasure.Sent:         {views.State{Tone: "run", Icon: "send", Word: "Sent"}, "The deletion was sent; the service has not answered."},
	erasure.Accepted:     {views.State{Tone: "run", Icon: "clock", Word: "Accepted"}, "The service has taken the deletion; it has not been confirmed."},
	erasure.Confirmed:    {views.State{Tone: "ok", Word: "Confirmed"}, "Asked again by another path, and empty up to the cut-off."},
	erasure.Unobservable: {views.State{Tone: "risk", Icon: "eye-off", Word: "Cannot be observed"}, "Accepted, and 24 hours have gone; the service cannot be asked."},
	erasure.Attested:     {views.State{Tone: "ok", Icon: "fingerprint", Word: "Attested"}, "A person did it and says so, with evidence."},
	erasure.FailedGood:   {views.State{Tone: "over", Word: "Failed for good"}, "It will not be tried again."},
	erasure.Failed:       {views.State{Tone: "over", Word: "Failed"}, "Records remain. It will be tried again."},
	erasure.ByHand:       {views.State{Tone: "risk", Icon: "hand-stop", Word: "By hand"}, "A person has to do this."},
	erasure.Held:         {views.State{Tone: "held", Word: "Held"}, "A hold or a restriction keeps these records; the rest is erased."},
}

// batchWords say where a batch stands.
var batchWords = map[erasure.BatchState]views.State{
	erasure.BatchOpen:    {Tone: "wait", Word: "Open"},
	erasure.BatchRunning: {Tone: "run", Word: "Running"},
	erasure.BatchPaused:  {Tone: "soon", Icon: "player-pause", Word: "Paused"},
	erasure.BatchStopped: {Tone: "over", Icon: "player-stop", Word: "Stopped"},
	erasure.BatchDone:    {Tone: "ok", Word: "Done"},
}

// recordKinds are the kinds of records in words.
var recordKinds = map[db.Kind]lang.Word{db.Message: "Message", db.Image: "Image", db.Classifier: "Classifier", db.Collection: "Collection", db.Query: "Query",
	db.Event: "Event", db.Document: "Document", db.Transcript: "Transcript", db.Synthesis: "Synthesis"}

func kindWord(k db.Kind) lang.Word { return recordKinds[k] }

func erasureHref(number int64) string { return "/erasures/" + strconv.FormatInt(number, 10) }

func batchHref(number int64) string { return "/batches/" + strconv.FormatInt(number, 10) }
