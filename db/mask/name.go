package mask

import (
	"slices"
	"strings"
)

// A trust says how much the words before a name prove that one follows.
type trust int

const (
	certain trust = iota // "my name is": a name, in capitals or not
	capital              // "on behalf of": a name if it has capitals
	doubt                // "I am": a given name, or two words in capitals
	given                // "Hello": a given name
	signed               // "Cheers, …": a name that ends its line
)

// A phrase introduces a name; words are folded as tokens are, apostrophes part
// words.
type phrase struct {
	words []string
	trust trust
}

var phrases = phraseList(map[trust]string{
	signed: `best; cheers; thanks; thank you; thx; many thanks; thanks in advance; thank you in advance; all the best; take care; yours; love; danke;
		vielen dank; danke im voraus; besten dank; lg; vg; bg; gruss; grusse; tschuss; ciao; merci; merci d avance; bises; cdlt; bien a vous;
		gracias; muchas gracias; gracias de antemano; abrazos; un abrazo; besos; slds; saludos; regards; kind regards; best regards; warm regards; br;
		best wishes; sincerely; sincerely yours; yours sincerely; yours truly; yours faithfully; cordialement; bien cordialement; atentamente;
		mfg; mit freundlichen grussen; viele grusse; liebe grusse; schone grusse; beste grusse; freundliche grusse; un saludo; cordialmente`,
	certain: `my name is; my name s; my name was; my full name is; my first name is; my last name is; my surname is; name is; name s;
		the name is; the name s; call me mr; i am called; i m called; they call me; also known as;
		mein name ist; mein name lautet; mein name war; mein vorname ist; mein nachname ist; mein familienname ist; mein voller name ist;
		der name ist; der name lautet; name ist; ich heisse; ich heise; ich hiess; heisse ich; ich nenne mich; man nennt mich;
		nennen sie mich; nenn mich; er heisst; sie heisst; hier spricht; es spricht; es meldet sich; hier meldet sich; hier schreibt; es schreibt; am telefon ist; am apparat ist;
		je m appelle; je me nomme; je me prenomme; mon nom est; mon prenom est; mon nom de famille est; mon nom complet est; m appelle;
		on m appelle; appelez moi; il s appelle; elle s appelle; le nom est; je me presente;
		me llamo; mi nombre es; mi nombre completo es; mi apellido es; mis apellidos son; el nombre es; se llama; me llaman; le habla;
		les habla; habla con; yo me llamo; le llama; te llama; mon nom c est; mon prenom c est; name on the card is; name on the account is; name on the booking is;
		name on the ticket is; name on my card is; name on my passport is; mi nombre de pila es; nombre es; mi chiamo; il mio nome e`,
	capital: `on behalf of; in the name of; under the name; under the name of; under the surname; name of; auf den namen; auf namen; im namen von;
		unter dem namen; im auftrag von; auf den namen von; au nom de; sous le nom de; sous le nom; de la part de; a nombre de; en nombre de;
		bajo el nombre de; bajo el nombre; de parte de; a la atencion de; z hd; zu handen von; a l attention de; for the attention of; attn;
		this is mr; am apparat; am telefon; name on card; name on the card; name on account; name on the account; name on ticket; name on passport;
		name on the booking; nombre en la tarjeta; nom sur la carte; name auf der karte; agent called; agent named; someone called; somebody called;
		someone named; a lady called; a man called; namens; nomme; nommee; llamado; llamada; signed; unterzeichnet; kind regards; best regards; warm regards; regards; sincerely; yours sincerely; yours truly;
		best wishes; yours faithfully; many thanks; mit freundlichen grussen; mit freundlichem gruss; freundliche grusse; viele grusse;
		liebe grusse; beste grusse; mit besten grussen; schone grusse; herzliche grusse; mfg; lg; vg; cordialement; bien cordialement;
		bien a vous; cordiales salutations; salutations; sinceres salutations; atentamente; saludos; un saludo; saludos cordiales;
		un cordial saludo; cordialmente; account holder; card holder; bill to :; billed to :; ship to :; shipped to :; deliver to :; sold to :; rechnung an :; lieferung an :;
		livrer a :; facturer a :; enviar a :; facturar a :; maiden name; maiden name is; mi apellido; habla; al habla; soy la senora; soy el senor;
		gruss; grusse`,
	doubt: `i am; i m; im; je suis; moi c est; yo soy; soy; spoke with; spoke to; speak with; speak to; talked to; spoken to; speaking with;
		gesprochen mit; sprach mit; sprechen mit; parle avec; parle a; parler a; hable con; hablado con; hablar con; ask for; it s me; my names; ici; aqui; wife s name; husband s name; son s name; daughter s name; mother s name; father s name; partner s name;
		his name; her name; dans le nom de; ask; tell; contact; inform`,
	given: `heisst; s appelle; is called; this is; it s; its; ich bin s; ich bin; bin die; bin der; ich bin s; hier ist; hier; call me; c est; es; hi; hello; hey; dear; hallo; liebe; lieber;
		guten tag; guten morgen; moin; servus; bonjour; bonsoir; salut; chere; cher; hola; querida; querido; estimada; estimado; buenos dias;
		buenas tardes; thanks; thank you; danke; merci; gracias`,
})

// closings follow a name: "Weber am Apparat".
var closings = [][]string{
	{"is", "my", "name"}, {"ist", "mein", "name"}, {"est", "mon", "nom"}, {"es", "mi", "nombre"}, {"am", "apparat"}, {"am", "telefon"},
	{"mein", "name"}, {"au", "telephone"}, {"au", "bout", "du", "fil"},
	{"a", "l", "appareil"}, {"al", "aparato"}, {"al", "habla"}, {"al", "telefono"}, {"speaking", "here"}, {"on", "the", "line"},
}

// relations are whose, and who: "my husband", "meinem Mann", "notre fille".
// German nouns have capitals too, so that only a given name proves one there.
var relations = []struct {
	trust      trust
	whose, who string
}{
	{capital, "my our his her your", `husband wife son daughter brother sister mother father mum mom mam dad partner friend colleague neighbour neighbor boss
		girlfriend boyfriend grandmother grandfather grandma grandpa nan aunt uncle cousin niece nephew fiance fiancee child baby grandson
		granddaughter carer caregiver landlord flatmate roommate lawyer assistant nurse stepson stepdaughter mate`},
	{given, "mein meine meinen meinem meiner unser unsere unseren unserem unserer sein seine seinen ihr ihre ihren", `mann frau sohn tochter bruder schwester
		mutter vater mama papa partner partnerin freund freundin kollege kollegin kollegen nachbar nachbarin nachbarn oma opa grossmutter grossvater
		tante onkel cousin cousine nichte neffe neffen enkel enkelin kind verlobter verlobte chef chefin betreuer betreuerin anwalt anwaltin arzt arztin
		mitbewohner schwiegermutter schwiegervater lebensgefahrte lebensgefahrtin`},
	{capital, "mon ma notre votre son sa", `mari femme fils fille frere soeur mere pere maman papa ami amie collegue voisin voisine conjoint conjointe compagne
		compagnon epoux epouse tante oncle cousin cousine niece neveu bebe enfant patron patronne avocat medecin copain copine`},
	{capital, "mi nuestro nuestra su tu", `marido mujer esposo esposa hijo hija hermano hermana madre padre mama papa amigo amiga novio novia companero companera
		vecino vecina abuela abuelo tia tio prima primo sobrino sobrina suegra suegro nieto nieta jefe jefa abogado medico pareja bebe`},
}

// relationTrust gives what is said of each relation's word.
var relationTrust = func() map[string]trust {
	m := map[string]trust{}
	for _, r := range relations {
		for _, w := range strings.Fields(r.who) {
			if old, both := m[w]; !both || old < r.trust {
				m[w] = r.trust
			}
		}
	}
	return m
}()

// owners are the words that say whose relation it is.
var owners = func() map[string]bool {
	m := map[string]bool{}
	for _, r := range relations {
		lookup(true, r.whose, m)
	}
	return m
}()

// related claims the name after "my late husband", with at most two words between whose and who.
func (s *scan) related(i int) {
	for j := i - 1; j >= i-3; j-- {
		if owners[s.tok(j).key] {
			s.name(i+1, relationTrust[s.tok(i).key])
			return
		}
		if s.tok(j).class != word || s.tok(i).line {
			return
		}
	}
}

// phrasesBy lists the phrases by their first word.
var phrasesBy = func() map[string][]phrase {
	m := map[string][]phrase{}
	for _, p := range phrases {
		m[p.words[0]] = append(m[p.words[0]], p)
	}
	return m
}()

func phraseList(texts map[trust]string) (list []phrase) {
	for trust, text := range texts {
		for _, p := range strings.Split(text, ";") {
			words := strings.Fields(p)
			list = append(list, phrase{words, trust})
			if last := words[len(words)-1]; len(words) > 1 && trust == signed && (last == "grusse" || last == "grussen") {
				list = append(list, owned(words)...)
			}
		}
	}
	return list
}

// owned are the ways in which German signs: "Viele Grüße, Ihre Anna", "liebe Grüße, dein Ben". Only a given name proves a person there: "Ihre
// Volksbank" signs too.
func owned(words []string) (list []phrase) {
	for _, whose := range []string{"ihr", "ihre", "dein", "deine", "euer", "eure"} {
		for _, between := range [][]string{{whose}, {",", whose}} {
			list = append(list, phrase{slices.Concat(words, between), given})
		}
	}
	return list
}

// skipFillers passes what may stand between "ich heiße" and the name and is none: "ich heiße übrigens nicht Müller".
func (s *scan) skipFillers(i int) int {
	j := i
	for k := 0; k < 3 && fillers[s.tok(j).key]; k++ {
		j++
	}
	if t := s.tok(j); t.class == word && !t.capital {
		return i // "my name is not shown"
	}
	return j
}

var fillers = func() map[string]bool {
	m := map[string]bool{}
	lookup(true, "ubrigens namlich eigentlich jetzt nicht auch actually really not also now en fait por cierto ahora no pas", m)
	return m
}()

// names finds people's names by what is said around them.
func (s *scan) names() {
	for i := 0; i < len(s.tokens); i++ {
		t := s.tok(i)
		if t.role&roleTrigger != 0 {
			s.introduced(i, t.key)
		}
		if t.role&roleTitle != 0 {
			s.titled(i)
		}
		if t.role&roleLabel != 0 {
			s.labelled(i)
		}
		if t.role&roleClosing != 0 {
			s.closed(i, t.key)
		}
		if t.role&roleRelation != 0 {
			s.related(i)
		}
		if here(t.key) {
			s.present(i)
		}
	}
}

// introduced tries every phrase that begins at token i, the surest first.
func (s *scan) introduced(i int, key string) {
	for trust := certain; trust <= signed; trust++ {
		for _, p := range phrasesBy[key] {
			if p.trust != trust {
				continue
			}
			if j := s.phrase(i, p.words); j > i && s.named(i, j, p.trust) {
				return
			}
		}
	}
}

// named claims the name after the phrase that stands from token i to j.
func (s *scan) named(i, j int, t trust) bool {
	switch {
	case t == signed:
		return s.signature(j)
	case s.tok(i).role&roleLabel != 0 && s.ofThing(i), s.tok(i-1).role&roleThing != 0:
		return false
	}
	return s.name(j, t)
}

// ofThing tells of "my dog's name is" and "the hotel name is", before the word "name" at token i.
func (s *scan) ofThing(i int) bool {
	j := i - 1
	if s.tok(j).key == "s" && s.tok(j-1).is('\'') {
		j -= 2
	}
	return s.tok(j).role&roleThing != 0
}

// phrase returns the token after the words, i where they do not stand at i. A colon or a comma may be one of them.
func (s *scan) phrase(i int, words []string) int {
	j := i
	for k, w := range words {
		if k > 0 && (s.tok(j).is('\'') || s.tok(j).is('-')) {
			j++
		}
		t := s.tok(j)
		if mark := t.is(w[0]); !mark && (t.class != word || t.key != w) || k > 0 && t.line {
			return i
		}
		j++
	}
	return j
}
