package answer

// Out is what the person reads while they fetch their answer. A %v is a time, an address, or the name of a file.
type Out struct {
	Lead, Once, Button       string
	How                      string
	Steps                    []string
	Broken, NotYou           string
	Contact, Sender          string               // "You can reach us: …", and where nothing is known of how
	Gone                     map[string][2]string // what has become of an address: title and help
	LinkLetter, PhraseLetter string               // what an officer sends along: until, address; and until, file
}

// Whys of Gone.
const (
	GoneFetched = "fetched" // %v: when
	GoneExpired = "expired" // %v: until when it was good
	GoneEnded   = "ended"   // a later one took its place, or the answer ended
	GoneTries   = "tries"   // begun too often
	GoneUnknown = "unknown"
	GoneBusy    = "busy" // somebody fetches it at this moment
)

// OutIn gives the words of a language; what there are no words for is English.
func OutIn(language string) Out {
	if language == "de" {
		return germanOut
	}
	return englishOut
}

// TitleIn is what an answer is called in a language.
func TitleIn(language string) string { return in(language).title }

var englishOut = Out{
	Lead:   "You asked for the data that we keep about you. It is ready, in one file.",
	Once:   "It can be fetched once, until %v.",
	Button: "Fetch my data",
	How:    "How to read it",
	Steps: []string{"Fetch the file on a device of your own. It is called your-data.zip and lands among your downloads.",
		"Unpack it: open it with a double click, or choose “Extract all” in its menu.",
		"Open index.html in the folder that this makes. Your browser shows it; no internet is needed.",
		"Keep the file where only you can read it. It is not encrypted."},
	Broken:  "If the line breaks before the file has come whole, come back to this address and press the button again.",
	NotYou:  "If you did not ask for this, do not press the button, and tell us.",
	Contact: "You can reach us: %v",
	Sender:  "Write to whoever sent you this address.",
	Gone: map[string][2]string{
		GoneFetched: {"Your data was fetched already", "It was fetched on %v, and this address serves once. If that was you, look for your-data.zip among your downloads. If it was not you, or the file is not there, tell us: we look into it and send you a new address."},
		GoneExpired: {"The time for this address is over", "It was good until %v. Your right to your data does not end with it: ask us for a new address."},
		GoneEnded:   {"This address is no longer good", "A newer one took its place, or what it led to is no longer there. Look whether you have a later message from us, or ask us."},
		GoneTries:   {"This address was tried too often", "The file was begun several times and never came whole, so the address was closed. Ask us for a new one, or for another way."},
		GoneUnknown: {"Nothing is to be fetched at this address", "Is the address whole? Long ones break over two lines in some mail programs. Copy all of it, from https to its last letter, into the address field of your browser."},
		GoneBusy:    {"Your data is being fetched at this moment", "It can be fetched once, and that has begun: in another window, or on another device. Wait until it has come. If that is not you, tell us at once."},
	},
	LinkLetter: `The data that you asked for is ready. You can fetch it once, until %v, at this address:

%v

The file is called your-data.zip. Unpack it, and open index.html in it with a double click. Keep it where only you can read it.`,
	PhraseLetter: `The data that you asked for is in the file %[1]v. It is encrypted, and you get its passphrase another way.

To open it you need the program age, which is free: https://age-encryption.org
  1. Install age, and open a terminal in the folder with the file.
  2. Type: age --decrypt --output your-data.zip %[1]v
  3. Type the passphrase with its hyphens when you are asked for it. It does not show while you type.
  4. Unpack your-data.zip, and open index.html in it with a double click.

Keep all of it where only you can read it.`,
}

var germanOut = Out{
	Lead:   "Sie haben die Daten verlangt, die wir über Sie speichern. Sie liegen bereit, in einer Datei.",
	Once:   "Sie können einmal abgeholt werden, bis zum %v.",
	Button: "Meine Daten abholen",
	How:    "So lesen Sie sie",
	Steps: []string{"Holen Sie die Datei auf einem eigenen Gerät ab. Sie heißt your-data.zip und landet bei Ihren Downloads.",
		"Entpacken Sie sie: mit einem Doppelklick oder mit „Alle extrahieren“ in ihrem Menü.",
		"Öffnen Sie index.html in dem Ordner, der dabei entsteht. Ihr Browser zeigt sie an; Internet ist nicht nötig.",
		"Bewahren Sie die Datei dort auf, wo nur Sie sie lesen können. Sie ist nicht verschlüsselt."},
	Broken:  "Wenn die Verbindung abbricht, bevor die Datei ganz angekommen ist, kommen Sie auf diese Adresse zurück und drücken Sie den Knopf noch einmal.",
	NotYou:  "Wenn Sie das nicht verlangt haben, drücken Sie den Knopf nicht und sagen Sie es uns.",
	Contact: "So erreichen Sie uns: %v",
	Sender:  "Schreiben Sie an die Stelle, die Ihnen diese Adresse geschickt hat.",
	Gone: map[string][2]string{
		GoneFetched: {"Ihre Daten wurden schon abgeholt", "Sie wurden am %v abgeholt, und diese Adresse gilt einmal. Waren Sie das, suchen Sie your-data.zip bei Ihren Downloads. Waren Sie es nicht oder ist die Datei nicht da, sagen Sie es uns: Wir gehen dem nach und schicken Ihnen eine neue Adresse."},
		GoneExpired: {"Die Zeit für diese Adresse ist vorbei", "Sie galt bis zum %v. Ihr Recht auf Ihre Daten endet damit nicht: Verlangen Sie eine neue Adresse von uns."},
		GoneEnded:   {"Diese Adresse gilt nicht mehr", "Eine neuere ist an ihre Stelle getreten, oder wohin sie führte, gibt es nicht mehr. Sehen Sie nach, ob Sie eine spätere Nachricht von uns haben, oder fragen Sie uns."},
		GoneTries:   {"Diese Adresse wurde zu oft versucht", "Die Datei wurde mehrmals begonnen und kam nie ganz an, deshalb wurde die Adresse geschlossen. Verlangen Sie eine neue oder einen anderen Weg."},
		GoneUnknown: {"Unter dieser Adresse gibt es nichts abzuholen", "Ist die Adresse vollständig? Lange Adressen brechen in manchen Mailprogrammen über zwei Zeilen um. Kopieren Sie sie ganz, von https bis zum letzten Zeichen, in das Adressfeld Ihres Browsers."},
		GoneBusy:    {"Ihre Daten werden in diesem Augenblick abgeholt", "Sie können einmal abgeholt werden, und das hat begonnen: in einem anderen Fenster oder auf einem anderen Gerät. Warten Sie, bis sie da sind. Sind das nicht Sie, sagen Sie es uns sofort."},
	},
	LinkLetter: `Die Daten, die Sie verlangt haben, liegen bereit. Sie können sie einmal abholen, bis zum %v, unter dieser Adresse:

%v

Die Datei heißt your-data.zip. Entpacken Sie sie und öffnen Sie darin index.html mit einem Doppelklick. Bewahren Sie sie dort auf, wo nur Sie sie lesen können.`,
	PhraseLetter: `Die Daten, die Sie verlangt haben, sind in der Datei %[1]v. Sie ist verschlüsselt; das Kennwort bekommen Sie auf einem anderen Weg.

Zum Öffnen brauchen Sie das kostenlose Programm age: https://age-encryption.org
  1. Installieren Sie age und öffnen Sie ein Terminal in dem Ordner mit der Datei.
  2. Tippen Sie: age --decrypt --output your-data.zip %[1]v
  3. Tippen Sie das Kennwort mit seinen Bindestrichen, wenn Sie danach gefragt werden. Es ist dabei nicht zu sehen.
  4. Entpacken Sie your-data.zip und öffnen Sie darin index.html mit einem Doppelklick.

Bewahren Sie alles dort auf, wo nur Sie es lesen können.`,
}
