package answer

var english = text{
	title: "Your data", leftOut: "left out",
	upTo:            "This is what is kept under the customer IDs below, up to %v: %v, of which %v.",
	made:            "It was put together on %v.",
	ids:             "Your customer IDs",
	contents:        "In this file",
	erased:          "Between that time and the making of this file some were erased, and are not in it: %v.",
	restricted:      "Your data is restricted (Art. 18): it is stored and not otherwise used. That does not limit your right to see it.",
	elsewhere:       "These services may hold data of yours too. It does not lie here and is not in this file:",
	statements:      "What we have to tell you",
	forService:      "For %v:",
	insteadFor:      "For %v, instead of the above:",
	otherLang:       "There is no English text of this yet.",
	consultations:   "When staff read your records",
	noConsultations: "Nobody has opened one of these records in clear.", consultationHeads: []string{"When", "What for", "Role"},
	recipients:      "Services that got something of yours",
	recipientsIntro: "Beside those that are named above, these services got something of yours from here:",
	noRecipients:    "No other service got anything of yours from here.", recipientHeads: []string{"Service", "What it got", "Last"},
	missing: "What was left out", nothingMissing: "Nothing.",
	missingWhy: "In these places something is missing, because it would affect the rights of others (Art. 15(4)):",
	records:    "The records", noRecords: "Under these customer IDs nothing is kept here.",
	search: "Search in this page with your browser (Ctrl+F, or “Find in page” in the menu).", record: "record %v", image: "The image of record %v",
	said: "What was said", replied: "What was answered", marks: "Numbers, codes and times (%v)",
	counts: map[string][2]string{"record": {"record", "records"}, "image": {"is an image", "are images"}},
	reasons: map[string]string{
		OtherID:        "customer ID of another person",
		"other-person": "data of another person",
		"confidential": "confidential to another person",
		"trade-secret": "trade secret",
		"intellectual": "intellectual property",
		"security":     "security of the service",
	},
	kinds: map[string]string{"message": "Message", "image": "Image", "classifier": "Classifier", "collection": "Collection", "query": "Search", "event": "Click on a result",
		"document": "Document", "transcript": "Transcript of speech", "synthesis": "Spoken text"},
	purposes: map[string]string{"access-request": "To answer a request for access (Art. 15)", "erasure-request": "To check a request for erasure (Art. 17)",
		"identity-check": "To check who asked (Art. 12(6))", "support-case": "To help with a case", "incident": "To look into a security incident (Art. 33)"},
	roles: map[string]string{"support": "Support", "officer": "Compliance officer", "auditor": "Auditor", "admin": "Administrator"},
	got:   map[string]string{ToldToErase: "Was told to erase what it holds under your customer ID", PassedOn: "What was said here, passed on to be answered"},
	titles: map[string][2]string{"controller": {"Art. 15(1)", "Who we are"}, "purposes": {"Art. 15(1)(a)", "What we use your data for"},
		"categories": {"Art. 15(1)(b)", "Which data we hold"}, "recipients": {"Art. 15(1)(c)", "Who else gets it"}, "retention": {"Art. 15(1)(d)", "How long we keep it"},
		"rights": {"Art. 15(1)(e)", "Your rights"}, "authority": {"Art. 15(1)(f)", "Where you can complain"}, "source": {"Art. 15(1)(g)", "Where we have it from"},
		"automated": {"Art. 15(1)(h)", "Automated decisions"}, "transfers": {"Art. 15(2)", "Transfers to other countries"}},
	readme: `YOUR DATA

This archive holds the data that is kept about you, as you asked for it. Unpack it first, into a folder of its own.

  index.html     everything, to be read: open it with a double click. It needs no internet and loads nothing from it.
  data.json      the same for programs: one object, "records" is the list; times are in UTC (RFC 3339).
  data-*.csv     the same for spreadsheets, one file for each kind of data, one line for each value.
                 An apostrophe stands before a value that a spreadsheet would take for a formula.
  images/        pictures, by the number of their record.
  manifest.json  the SHA-256 hash of each file, and the public key of whoever made this.
  manifest.note  the hash of manifest.json, signed (https://c2sp.org/signed-note, Ed25519).

To check that nothing was altered: "quittance verify" with the name of this archive checks all of it. Without that program, "sha256sum
manifest.json" gives the hash that stands in manifest.note, and the other files hash to what stands in manifest.json. The signature is of the
key that also signs the audit trail of whoever sent you this; ask them for it, because the one in manifest.json came with the archive.

Where something was left out because it is of somebody else, its place says so and why. How many such places there are stands in index.html.
This archive holds personal data and is not encrypted: keep it where only you can read it.
`,
}
