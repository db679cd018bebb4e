package handlers

import (
	"regexp"
	"strings"
	"sync"

	"quittance/handlers/watson"
	"quittance/views/lang"
)

// below are the sentences of the packages that know no language, as they stand there: db and connect say what is wrong in English, because files,
// logs and the API say it so. Here they are words of the console. What stands in a gap there is a number, a name or another such sentence.
var below = []lang.Word{
	// Errors of package db that a form shows beside its field.
	"a redaction needs a reason of the list and a record, a field or at least two letters, at most 500",
	"only a ticket under Art. 15 or 20 that is not over and bears a customer ID is answered with data",
	"there are no words in this language; choose English or German",
	"statements of Art. 15(1) are missing, or are not there in the language of the answer; write them, or say that the answer goes without them",
	"a statement has at most 8,000 characters",
	"an attestation says in at most 2,000 characters what was done, with a file of at most 512 KiB",
	"this holds the customer ID, and would keep it beyond the erasure; leave it out",
	"this answer is being fetched at this moment; it can be fetched once",
	"this has expired",
	"there is no such text, or it is longer than 20,000 characters",
	"this name is already in use",
	"a name has at most 80 characters, all of them visible",
	"another host gets no credential that was given for this one; give its own",
	"give at least one of the scopes ingest, logs and erase",
	"give the day on which the instance was made, no later than today",
	"choose from what is offered",
	"choose another service in use, of the same kind",
	"a file has at most 10 MiB, and a ticket at most 20 of them",
	"this is not an e-mail address",
	"give at least one of the roles support, officer, auditor and admin",
	"this is the last administrator; make somebody else one first",
	"this person signs in through the sign-in provider, which gives their roles and their password",
	"this account is disabled; an administrator can enable it again",
	"choose at least one thing to be told of",
	"there are 20 webhooks already; remove one first",
	"a filter has a name of 1 to 60 visible characters",
	"this person has saved as many filters as one can",
	"a saved filter names no person",
	"say on which ground the person asks: the erasure before was filed by an application, which does not say it",
	// Errors of package db/clock.
	"the day of receipt is missing",
	"a pause begins on the day of receipt or later, and ends on the day it begins or later",
	"the person cannot have been told of the extension before the request was received",
	"the case cannot have ended before the request was received",
	// Places in a letter (package db/letter).
	"line {line}, character {column}: {why}",
	"this field is not closed; write }} after its name",
	"there is no such field; choose one of the list",
	"nobody has filled this field; write what belongs there",
	// Customer IDs (package db/label), behind "A customer ID".
	"must not be empty",
	"must not be longer than 1024 bytes",
	"must be valid UTF-8",
	"must not be longer than 256 characters for Discovery",
	"must not contain control characters",
	"must not contain ';' or '='",
	"must not begin or end with a space",
	"may only contain letters, digits and the underscore for Visual Recognition",
	"must stand in a row of CSV; this one and all after it cannot be read, because of a quotation mark",
	// Who made an ID (package db/label).
	"Made by the Slack integration: the ID of the Slack team, then the ID of the member, with nothing between them.",
	"Made by the Intercom integration: the author ID of the person in Intercom.",
	// Filters (package db/filter).
	`no such operator, the operators are ::! :: :! : <= >= < >; a value that begins with this character needs a \ before it`,
	"the quotation mark is not closed",
	`a \ at the end escapes nothing`,
	`this character needs a \ before it in a value, or the value quotation marks; or a comma is missing before`,
	"the filter is empty",
	"the filter should end here, or go on with , or |",
	"more than {n} groups are open",
	"a {bracket} is missing",
	"the name of a field is missing",
	"the name of a field of the element is missing",
	"an operator is missing: ::! :: :! : <= >= < >",
	"the filter has more than {n} values",
	"the filter is longer than {n} bytes",
	"the filter has a NUL character",
	"the filter is not valid UTF-8",
	"a value is missing",
	"this field is not supported",
	"this field is a list: name the level below it, as in response.intents:intent::hello",
	"the elements of this list do not have this field",
	"this field does not support : and :!, only exact comparison",
	"this field does not support < <= > >=, which compare times and numbers",
	`the suffixes ~1 and ~2 are not supported on this field; a \ before the ~ makes it part of the value`,
	`the wildcard * is not supported on this field; a \ before the * makes it part of the value`,
	"a value has either the wildcard * or the suffix ~1 or ~2, not both",
	"a value with ~1 or ~2 after : has at most 100 characters",
	"this is no time; times are written 2020-07-01 or 2020-07-01T04:00:00.000Z",
	"this is no number; numbers are written 3 or 0.8",
	// Settings of a linked service (db.LinkError).
	"Say in at most 4,000 characters what a person has to do.",
	"Choose under which law requests are sent: gdpr or ccpa.",
	"Write the processor's domain as in dsr.example.com.",
	"Write the SHA-256 fingerprint of the processor's certificate: 64 hexadecimal digits, which the test of the connection shows.",
	"Choose DELETE, POST, PUT or PATCH: nothing is erased by GET.",
	"Say with {customer_id} in the address or the body where the customer ID goes.",
	"The body must be JSON of at most 16 KiB, with {customer_id} inside a text.",
	"Write statuses between 200 and 599, with commas.",
	"A status means either that it will erase or that it has.",
	"Write a whole address without a customer ID.",
	"Write a whole address that begins with https:// and has no user and no fragment.",
	"Choose GET or POST.",
	"Say with {customer_id} where the customer ID goes.",
	"The body must be JSON of at most 16 KiB.",
	// Addresses that are not called, and calls that failed (package connect).
	"it is not a URL",
	"it must have no user, query or fragment",
	"it must be a URL without user and fragment",
	"it has no host",
	"it must begin with https://",
	"it must have port 443",
	"it cannot be read",
	"it is one that no service has",
	"it lies inside a private network, which is not allowed for this service",
	"the address of the service is refused: {why}",
	"it does not answer within ten seconds, or not over TLS that we trust",
	"it answers with status {n}, and redirects are not followed",
	"it answers with status {n}",
	"headers are written one a line, as in Authorization: Bearer …; those that belong to the connection are not taken",
	"the customer ID cannot be written into this address",
	// What became of a call of a service (package watson).
	"{sentence} (status {n})",
	"a customer ID of this form cannot exist in this kind of service",
	"the request cannot be written as one of HTTP",
	"the service's limit on calls leaves no room for this one in time",
	"the call was given up before the service had answered",
	"the customer ID cannot be written into the address of the service",
	"the answer is not signed with the certificate that was confirmed",
	"the processor shows another certificate than the one that was confirmed",
	"the processor takes no erasures, or no ID of this kind",
	"the house does not call the address of the service",
	"the name of the service cannot be resolved",
	"the service cannot prove who it is",
	"the service cannot be reached",
	"the service did not answer in time",
	"the connection broke before the whole answer had come",
	"the answer is not one that the service is documented to give",
	"the answer is larger than is read",
	"the answer is a web page: the address may be another's",
	"the house does not call the address of the identity service",
	"the identity service refused the API key",
	"the identity service gave no token",
	"the service points to another address, which is not followed",
	"the service refused the request as wrong",
	"the service refused the credentials",
	"the credentials are not allowed to do this",
	"the service does not know the address",
	"the service refused the request",
	"the service's limit on calls is reached",
	"the service failed",
	"the service is not available",
	"what stands before the service had no word from it",
	"the listing broke off because its cursor is no longer good: it has to be begun again",
	"the listing does not end: the service repeats itself",
	"the session does not exist or has ended",
	// Files to be checked (package training).
	"The file is neither JSON nor CSV: the quotation marks of line {n} do not match.",
	"The file is neither JSON nor CSV.",
	"The file is not one well-formed JSON value (byte {n}).",
	"The file is nested deeper than {n} levels.",
	"The file is larger than 12 MiB.",
	"The file is empty.",
	"The file is packed (ZIP, gzip or a spreadsheet). Unpack it and check each skill in it, or save the spreadsheet as CSV.",
	"The file is UTF-16. Save it as UTF-8.",
	"The file is not UTF-8. Save it as UTF-8.",
	"The file is not text: it holds zero bytes.",
	"A text in the file is longer than 64 KiB: {place}. IBM takes 1,024 characters of an example.",
	// Why a period ends later (package clock).
	"{why} and {weekday} is a public holiday ({name})",
	"a public holiday ({name})",
	"Easter Sunday",
	"a Saturday",
	"a Sunday",
	"Monday",
	"Tuesday",
	"Wednesday",
	"Thursday",
	"Friday",
	// Where the law says so.
	"Reg. 1182/71 Art. 3(1)",
	"Reg. 1182/71 Art. 3(4)",
	"ICO guidance on time limits",
	"11 CCR §7021",
	"11 CCR §7021(a)",
	"11 CCR §7021(b)",
	"Art. 12(3) GDPR",
	"Art. 12(4) GDPR",
	"EDPB Guidelines 01/2022, section 5.3",
	"Art. 12A UK GDPR",
	"Art. 12(4) UK GDPR",
	"Art. 12(3) and (4) GDPR",
	"Data Protection Act 2018, s. 164A",
	"Art. 12(6) GDPR",
	"11 CCR 7021(a)",
	"11 CCR 7021(b)",
	"11 CCR 7022",
	"Cal. Civ. Code 1798.105(c)(2)",
	"Art. 12(3) and 5(2) GDPR",
	"Art. 18(3) GDPR",
	"Art. 19 GDPR",
	// What a law wants in a letter (package letter).
	"the reasons",
	"the day by which you will answer",
	"that they can complain to a supervisory authority, and to which",
	"that they can go to court",
	"that they can complain to you first",
	"what you need to know who asks, and why",
	"that the request was received",
	"how you make sure who asks",
	"by when they can expect an answer",
	"why it takes more than 45 days",
	"the basis of the denial",
	"that you keep a record of the request, so that the data stays deleted",
	"the number of the receipt",
	"the day on which the restriction ends",
	"who the recipients are",
	// Signing in (package auth).
	"the e-mail address or the password is wrong",
	"the form could not be read, so nothing was done",
	"none of your groups has a role in Quittance; ask whoever manages them at the sign-in provider to add you to one that has",
	"signing in with the provider did not work; try again, or use a local account if you have one",
	"you were not let in at the sign-in provider, or cancelled there, so nothing was done",
	"the store cannot be reached at the moment, so nobody can be let in; try again in a minute",
	"this sign-in has expired or was begun in another window; start again",
	"this form was not sent from a page of Quittance, so nothing was done",
	"you confirmed with another account than the one that is signed in, so nothing was done",
	"local accounts are closed here; sign in with the provider",
	"choose a password of 12 to 1,024 characters",
	"there were too many attempts; wait a minute and try again",
}

// A pattern reads a sentence of below that has gaps.
type pattern struct {
	word  lang.Word
	reads *regexp.Regexp
}

// readers are what reads the sentences of below: whole ones, and those with gaps. They are made when the first is read, as most commands read none.
var readers = sync.OnceValues(func() (map[string]lang.Word, []pattern) {
	gap, whole, open := regexp.MustCompile(`\\{(\w+)\\}`), map[string]lang.Word{}, []pattern(nil)
	for _, w := range below {
		whole[string(w)] = w
		if quoted := regexp.QuoteMeta(string(w)); gap.MatchString(quoted) {
			open = append(open, pattern{w, regexp.MustCompile("^" + gap.ReplaceAllString(quoted, "(?P<$1>.+)") + "$")})
		}
	}
	return whole, open
})

// fromBelow is a sentence of a package that knows no language as a word of the console. One that nobody listed above stays as it is.
func fromBelow(text string) lang.Word {
	exactly, patterns := readers()
	if w, ok := exactly[text]; ok {
		return w
	}
	if sentence, ended := strings.CutSuffix(text, "."); ended { // with a capital and a full stop, as auth.Sentence has it
		if w, ok := exactly[strings.ToLower(text[:1])+sentence[1:]]; ok {
			return lang.Said("{sentence}.", "sentence", lang.Opening(w))
		}
	}
	for _, p := range patterns {
		if found := p.reads.FindStringSubmatch(text); found != nil {
			return p.said(found)
		}
	}
	return lang.Raw(text)
}

// said fills the gaps: what stands there may be a sentence of below itself.
func (p pattern) said(found []string) lang.Word {
	var gaps []any
	for i, name := range p.reads.SubexpNames() {
		if i > 0 {
			gaps = append(gaps, name, fromBelow(found[i]))
		}
	}
	return lang.Said(p.word, gaps...)
}

// sayIt makes a sentence of an error: its capital and its full stop.
func sayIt(err error) lang.Word {
	return lang.Said("{sentence}.", "sentence", lang.Opening(fromBelow(err.Error())))
}

// callSaid is what became of a call of a service, by the code that is kept of it.
func callSaid(code string) lang.Word { return fromBelow(watson.Sentence(code)) }
