package mask

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

const preview = "Guten Tag, mein Name ist Anna Schmidt, meine Bestellung 1234567890 vom 12.03.2024 ist nicht angekommen. " +
	"Bitte rufen Sie mich unter 0176 45678901 an oder schreiben Sie an anna@beispiel.de."

const plainPreview = "I would like to know when the new model comes into the shop, because the old one that I have " +
	"does not really work well with the other devices here at home, and I was told that it would be fixed soon, thanks."

// BenchmarkPreview masks what one line of a search page shows, about 200
// bytes; a page shows fifty.
func BenchmarkPreview(b *testing.B) {
	for name, text := range map[string]string{"personal": preview, "plain": plainPreview} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Text(text)
			}
		})
	}
}

// BenchmarkText masks 64 KiB: prose, and texts made to be slow.
func BenchmarkText(b *testing.B) {
	for name, part := range map[string]string{
		"prose": preview + "\n", "digits": "1 ", "dots": "1.", "at": "a@", "colons": "a:", "triggers": "my name is ", "brackets": "(1) ", "names": "Mr Ann Bo ",
		"hyphens": "je-m-", "families": "Anna ", "relations": "my dear wife ", "words": "seven ", "towns": "Lieu-dit A, ", "houses": "The Oak, 3 ", "here": "tom here, ",
		"birth": "d.o.b. ",
	} {
		text := strings.Repeat(part, 64<<10/len(part))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Text(text)
			}
		})
	}
}

// BenchmarkJSON masks one log entry of a conversation's turn.
func BenchmarkJSON(b *testing.B) {
	b.SetBytes(int64(len(logEntry)))
	for b.Loop() {
		if _, err := JSON([]byte(logEntry)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBudgets prints its part of the table of `make bench`: what the detectors find of each set, and of each kind over all sets.
func BenchmarkBudgets(b *testing.B) {
	var all []sentence
	for _, set := range sets {
		list := set.read(b)
		all = append(all, list...)
		line("masking, "+set.name+" set", measure(list, func(sentence) {})["all"])
	}
	total := measure(all, func(sentence) {})
	line("masking, all sets", total["all"])
	for _, k := range Kinds() {
		line("  "+string(k), total[string(k)])
	}
	b.ReportMetric(0, "ns/op")
}

// line writes a line in the columns of dbtest.Figure, which this package cannot lean on.
func line(what string, c tally) {
	verdict := "MISSED"
	if c.recall() >= 0.95 && c.precision() >= 0.9 {
		verdict = "met"
	}
	measured := fmt.Sprintf("%.3f / %.3f", c.recall(), c.precision())
	fmt.Fprintf(os.Stdout, "%-62s %-27s %-22s %-6s %-37s %s\n", what, measured, fmt.Sprintf("%d sent., %d spans", c.sentences, c.wanted), "", "recall >= 0.95, precision >= 0.9", verdict)
}
