package handlers

import (
	"quittance/db/answer"
	"quittance/views"
	"quittance/views/lang"
)

// reasonWords say why something is left out of an answer, to the people of the house. The answer itself says it in its own language (package
// answer), whatever language somebody here reads in.
var reasonWords = map[string]lang.Word{
	answer.OtherID: "customer ID of another person",
	"other-person": "data of another person",
	"confidential": "confidential to another person",
	"trade-secret": "trade secret",
	"intellectual": "intellectual property",
	"security":     "security of the service",
}

// chosenReasons are those that a reviewer chooses from, as a list writes them.
var chosenReasons = map[string]lang.Word{
	"other-person": "Data of another person",
	"confidential": "Confidential to another person",
	"trade-secret": "Trade secret",
	"intellectual": "Intellectual property",
	"security":     "Security of the service",
}

func reasonOptions() (out []views.Option) {
	for _, code := range answer.ReasonCodes {
		out = append(out, views.Option{Value: code, Label: chosenReasons[code]})
	}
	return out
}

// answerKinds are the kinds of records as an answer codes them.
var answerKinds = map[string]lang.Word{
	"message": "message", "image": "image", "classifier": "classifier", "collection": "collection", "query": "query", "event": "event",
	"document": "document", "transcript": "transcript", "synthesis": "synthesis",
}
