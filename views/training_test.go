package views

import "testing"

func sampleTraining() Training {
	return Training{Filled: true, Checked: true, Health: true, Bytes: 48_211, Texts: 1_204, Total: 212, ByHand: 1, Kinds: []TrainingKind{{"name", 130}, {"health", 61}, {"national_id", 21}},
		Rows: []TrainingFind{
			{Place: "intent “refund”, example 3", Path: "intents[2].examples[2].text", Kind: "name", Text: []Piece{text("my name is "), bar2("name"), text(" and I want my mo…")}},
			{Place: "dialog node “node_7”, conditions", Path: "dialog_nodes[6].conditions", Kind: "email", Text: []Piece{text("input.text == '"), bar2("email"), text("'")}, ByHand: true},
			{Place: "line 7, column 1", Kind: "health", Text: []Piece{text("I have "), bar2("health"), text(" since 2012")}},
		}}
}

func TestTraining(t *testing.T) {
	render(t, "training", Training{})
	render(t, "training_found", sampleTraining())
	render(t, "training_clean", Training{Filled: true, Checked: true, Texts: 1})
	render(t, "training_refused", Training{Filled: true, Error: "The file is empty."})
}
