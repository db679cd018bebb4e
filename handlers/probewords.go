package handlers

import (
	"slices"

	"quittance/handlers/connect"
	"quittance/views"
	"quittance/views/lang"
)

// probed are the things that a test of a connection looks at, foundThere what it says of them (package connect, which knows no language).
var (
	probed = []lang.Word{
		"Connection",
		"Address",
		"Not checked",
		"Credential",
		"Service",
		"Way there",
		"Headers",
		"Test address",
		"Address and headers",
		"Discovery",
		"Signing certificate",
		"Who vouches for it",
		"Fingerprint",
	}
	foundThere = []lang.Word{
		"There is none: a person does it.",
		"{why}.",
		"It cannot be called.",
		"Whether a deletion is taken: that would be one.",
		"The service does not accept it.",
		"What answers is a web page, not a service of this kind.",
		"The service accepts it and answers a list.",
		"The service does not refuse it, and does not know the list that was asked for. That is so for a Quittance; at a real instance the address may be wrong.",
		"It answers with status {status}.",
		"It answers, without TLS: whoever is on the way can read and change what is sent.",
		"It answers over TLS, and its certificate is trusted, but ended on {when}.",
		"It answers over TLS, and its certificate is trusted until {when}, which is soon.",
		"It answers over TLS, and its certificate is trusted until {when}.",
		"It is good, but ended on {when}.",
		"It is good until {when}, which is soon.",
		"It is good until {when}.",
		"It cannot be read.",
		"The house does not call it: it must be public, with TLS and on port 443, unless an administrator allows otherwise.",
		"They were not sent: without a test address nothing is known that may be asked.",
		"Whether the call erases: that would be one.",
		"Whether it takes a request, and whether it can reach us with its answers.",
		"It takes no customer ID of ours (controller_customer_id, raw or sha256).",
		"It takes no erasures.",
		"It takes erasures by the SHA-256 of our customer IDs.",
		"It takes erasures by our customer IDs.",
		"It cannot be got at the processor's own domain, or is none with an RSA key.",
		"The certificate does not name the domain. Compare the fingerprint with what the processor tells you by another way.",
		"No authority that this machine trusts vouches for it. Compare the fingerprint with what the processor tells you by another way.",
		"An authority that this machine trusts, for that domain.",
		"It is the one that you confirmed.",
		"SHA-256 {fingerprint}. To confirm it, put it into the form.",
		"It is another than the one that you confirmed: SHA-256 {fingerprint}.",
	}
)

// linkFinding is one finding as a page shows it.
func linkFinding(x connect.ProbeFinding) views.LinkFinding {
	says := lang.Word(x.Says)
	if !slices.Contains(foundThere, says) {
		return views.LinkFinding{State: findingStates[x.State], What: whatOf(x.What), Words: lang.Raw(x.Words())}
	}
	var gaps []any
	for i := 0; i+1 < len(x.Gaps); i += 2 {
		gaps = append(gaps, x.Gaps[i], probeGap(x.Gaps[i], x.Gaps[i+1]))
	}
	return views.LinkFinding{State: findingStates[x.State], What: whatOf(x.What), Words: lang.Said(says, gaps...)}
}

func whatOf(what string) lang.Word {
	if w := lang.Word(what); slices.Contains(probed, w) {
		return w
	}
	return lang.Raw(what)
}

// probeGap is what stands in a gap: the end of a certificate, the sentence of an error, a number or a fingerprint.
func probeGap(name, value string) lang.Word {
	switch name {
	case "when":
		return lang.Moment(value)
	case "why":
		return lang.Opening(fromBelow(value))
	}
	return lang.Raw(value)
}
