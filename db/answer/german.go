package answer

var german = text{
	title: "Ihre Daten", leftOut: "weggelassen",
	upTo:            "Das ist unter den Kundennummern unten bis zum %v gespeichert: %v, davon %v.",
	made:            "Zusammengestellt am %v.",
	ids:             "Ihre Kundennummern",
	contents:        "In dieser Datei",
	erased:          "Zwischen diesem Zeitpunkt und dem Erstellen dieser Datei wurde gelöscht und ist nicht in ihr: %v.",
	restricted:      "Die Verarbeitung Ihrer Daten ist eingeschränkt (Art. 18 DSGVO): Sie werden gespeichert und nicht anders verwendet. Ihr Recht auf Auskunft bleibt davon unberührt.",
	elsewhere:       "Auch diese Dienste können Daten von Ihnen haben. Sie liegen nicht hier und sind nicht in dieser Datei:",
	statements:      "Was wir Ihnen mitteilen müssen",
	forService:      "Für %v:",
	insteadFor:      "Für %v, an Stelle des Obigen:",
	otherLang:       "Davon gibt es noch keinen deutschen Text.",
	consultations:   "Wann Beschäftigte Ihre Datensätze gelesen haben",
	noConsultations: "Niemand hat einen dieser Datensätze im Klartext geöffnet.", consultationHeads: []string{"Wann", "Wozu", "Aufgabe"},
	recipients:      "Dienste, die etwas von Ihnen erhalten haben",
	recipientsIntro: "Neben den oben genannten haben diese Dienste von hier etwas von Ihnen erhalten:",
	noRecipients:    "Kein anderer Dienst hat von hier etwas von Ihnen erhalten.", recipientHeads: []string{"Dienst", "Was er erhielt", "Zuletzt"},
	missing: "Was weggelassen wurde", nothingMissing: "Nichts.",
	missingWhy: "An diesen Stellen fehlt etwas, weil es die Rechte anderer beeinträchtigen würde (Art. 15 Abs. 4 DSGVO):",
	records:    "Die Datensätze", noRecords: "Unter diesen Kundennummern ist hier nichts gespeichert.",
	search: "Suchen Sie auf dieser Seite mit Ihrem Browser (Strg+F oder „Auf Seite suchen“ im Menü).", record: "Datensatz %v", image: "Das Bild von Datensatz %v",
	said: "Was gesagt wurde", replied: "Was geantwortet wurde", marks: "Zahlen, Codes und Zeiten (%v)",
	counts: map[string][2]string{"record": {"Datensatz", "Datensätze"}, "image": {"Bild", "Bilder"}},
	reasons: map[string]string{
		OtherID:        "Kundennummer einer anderen Person",
		"other-person": "Daten einer anderen Person",
		"confidential": "gegenüber einer anderen Person vertraulich",
		"trade-secret": "Geschäftsgeheimnis",
		"intellectual": "geistiges Eigentum",
		"security":     "Sicherheit des Dienstes",
	},
	kinds: map[string]string{"message": "Nachricht", "image": "Bild", "classifier": "Klassifikator", "collection": "Sammlung", "query": "Suche", "event": "Klick auf ein Ergebnis",
		"document": "Dokument", "transcript": "Mitschrift von Gesprochenem", "synthesis": "Vorgelesener Text"},
	purposes: map[string]string{"access-request": "Um einen Antrag auf Auskunft zu beantworten (Art. 15 DSGVO)", "erasure-request": "Um einen Antrag auf Löschung zu prüfen (Art. 17 DSGVO)",
		"identity-check": "Um zu prüfen, wer den Antrag gestellt hat (Art. 12 Abs. 6 DSGVO)", "support-case": "Um bei einem Anliegen zu helfen", "incident": "Um einen Sicherheitsvorfall zu untersuchen (Art. 33 DSGVO)"},
	roles: map[string]string{"support": "Kundendienst", "officer": "Datenschutz und Compliance", "auditor": "Prüfung", "admin": "Verwaltung"},
	got:   map[string]string{ToldToErase: "Wurde aufgefordert zu löschen, was er unter Ihrer Kundennummer hat", PassedOn: "Was hier gesagt wurde, weitergegeben zur Beantwortung"},
	titles: map[string][2]string{"controller": {"Art. 15 Abs. 1 DSGVO", "Wer wir sind"}, "purposes": {"Art. 15 Abs. 1 lit. a DSGVO", "Wozu wir Ihre Daten verwenden"},
		"categories": {"Art. 15 Abs. 1 lit. b DSGVO", "Welche Daten wir haben"}, "recipients": {"Art. 15 Abs. 1 lit. c DSGVO", "Wer sie noch erhält"},
		"retention": {"Art. 15 Abs. 1 lit. d DSGVO", "Wie lange wir sie aufbewahren"}, "rights": {"Art. 15 Abs. 1 lit. e DSGVO", "Ihre Rechte"},
		"authority": {"Art. 15 Abs. 1 lit. f DSGVO", "Wo Sie sich beschweren können"}, "source": {"Art. 15 Abs. 1 lit. g DSGVO", "Woher wir sie haben"},
		"automated": {"Art. 15 Abs. 1 lit. h DSGVO", "Automatisierte Entscheidungen"}, "transfers": {"Art. 15 Abs. 2 DSGVO", "Übermittlung in andere Länder"}},
	readme: `IHRE DATEN

Dieses Archiv enthält die Daten, die über Sie gespeichert sind, wie Sie es verlangt haben. Entpacken Sie es zuerst in einen eigenen Ordner.

  index.html     alles zum Lesen: Öffnen Sie es mit einem Doppelklick. Es braucht kein Internet und lädt nichts daraus.
  data.json      dasselbe für Programme: ein Objekt, "records" ist die Liste; Zeiten in UTC (RFC 3339).
  data-*.csv     dasselbe für Tabellen, eine Datei für jede Art von Daten, eine Zeile für jeden Wert.
                 Vor einem Wert, den ein Tabellenprogramm für eine Formel hielte, steht ein Apostroph.
  images/        Bilder, nach der Nummer ihres Datensatzes.
  manifest.json  der SHA-256-Hash jeder Datei und der öffentliche Schlüssel dessen, der das Archiv erstellt hat.
  manifest.note  der Hash von manifest.json, signiert (https://c2sp.org/signed-note, Ed25519).

So prüfen Sie, dass nichts verändert wurde: "quittance verify" mit dem Namen dieses Archivs prüft alles. Ohne dieses Programm ergibt
"sha256sum manifest.json" den Hash, der in manifest.note steht, und die anderen Dateien haben die Hashes in manifest.json. Die Signatur ist
von dem Schlüssel, der auch das Protokoll dessen signiert, der Ihnen das geschickt hat; fragen Sie dort nach ihm, denn der in manifest.json
kam mit dem Archiv.

Wo etwas weggelassen ist, weil es jemand anderen betrifft, steht das an der Stelle und warum. Wie viele solche Stellen es gibt, steht in
index.html. Dieses Archiv enthält personenbezogene Daten und ist nicht verschlüsselt: Bewahren Sie es dort auf, wo nur Sie es lesen können.
`,
}
