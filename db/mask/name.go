package mask

import "strings"

// A trust says how much the words before a name prove that one follows.
type trust int

const (
	certain trust = iota // "my name is": a name, in capitals or not
	capital              // "on behalf of": a name if it has capitals
	doubt                // "I am": a given name, or two words in capitals
	given                // "Hello": a given name
)

// A phrase introduces a name; words are folded as tokens are, apostrophes part
// words.
type phrase struct {
	words []string
	trust trust
}

var phrases = phraseList(map[trust]string{
	certain: `my name is; my name s; my name was; my full name is; my first name is; my last name is; my surname is; my names; name is; name s;
		the name is; the name s; call me mr; i am called; i m called; they call me; also known as;
		mein name ist; mein name lautet; mein name war; mein vorname ist; mein nachname ist; mein familienname ist; mein voller name ist;
		der name ist; der name lautet; name ist; ich heisse; ich heise; ich hiess; heisse ich; ich nenne mich; man nennt mich;
		nennen sie mich; nenn mich; er heisst; sie heisst; hier spricht; es spricht; am telefon ist; am apparat ist;
		je m appelle; je me nomme; je me prenomme; mon nom est; mon prenom est; mon nom de famille est; mon nom complet est; m appelle;
		on m appelle; appelez moi; il s appelle; elle s appelle; le nom est; je me presente;
		me llamo; mi nombre es; mi nombre completo es; mi apellido es; mis apellidos son; el nombre es; se llama; me llaman; le habla;
		les habla; habla con; yo me llamo; mi nombre de pila es; nombre es; mi chiamo; il mio nome e`,
	capital: `on behalf of; in the name of; under the name; under the name of; under the surname; name of; auf den namen; auf namen; im namen von;
		unter dem namen; im auftrag von; auf den namen von; au nom de; sous le nom de; sous le nom; de la part de; a nombre de; en nombre de;
		bajo el nombre de; bajo el nombre; de parte de; a la atencion de; z hd; zu handen von; a l attention de; for the attention of; attn;
		this is mr; signed; unterzeichnet; kind regards; best regards; warm regards; regards; sincerely; yours sincerely; yours truly;
		best wishes; yours faithfully; many thanks; mit freundlichen grussen; mit freundlichem gruss; freundliche grusse; viele grusse;
		liebe grusse; beste grusse; mit besten grussen; schone grusse; herzliche grusse; mfg; lg; vg; cordialement; bien cordialement;
		bien a vous; cordiales salutations; salutations; sinceres salutations; atentamente; saludos; un saludo; saludos cordiales;
		un cordial saludo; cordialmente; account holder; card holder; mi apellido; habla; al habla; soy la senora; soy el senor;
		gruss; grusse`,
	doubt: `i am; i m; im; je suis; moi c est; yo soy; soy; spoke with; spoke to; speak with; speak to; talked to; spoken to; speaking with;
		gesprochen mit; sprach mit; sprechen mit; parle avec; parle a; parler a; hable con; hablado con; hablar con; ask for; it s me; ici`,
	given: `heisst; s appelle; is called; this is; it s; ich bin; bin die; bin der; ich bin s; hier ist; hier; call me; c est; es; hi; hello; hey; dear; hallo; liebe; lieber;
		guten tag; guten morgen; moin; servus; bonjour; bonsoir; salut; chere; cher; hola; querida; querido; estimada; estimado; buenos dias;
		buenas tardes; thanks; thank you; danke; merci; gracias; my husband; my wife; my son; my daughter; my brother; my sister; my mother;
		my father; my mum; my mom; my dad; my partner; my friend; my colleague; my neighbour; my neighbor; my boss; my girlfriend;
		my boyfriend; mein mann; meine frau; mein sohn; meine tochter; mein bruder; meine schwester; meine mutter; mein vater;
		mein partner; meine partnerin; mein freund; meine freundin; mein kollege; meine kollegin; mein nachbar; meine nachbarin;
		mon mari; ma femme; mon fils; ma fille; mon frere; ma soeur; ma mere; mon pere; mon ami; mon amie; mon collegue; ma collegue;
		mon voisin; ma voisine; mon conjoint; ma compagne; mon compagnon; mi marido; mi mujer; mi esposo; mi esposa; mi hijo; mi hija;
		mi hermano; mi hermana; mi madre; mi padre; mi amigo; mi amiga; mi novio; mi novia; mi companero; mi companera; mi vecino; mi vecina`,
})

// closings follow a name: "Weber am Apparat".
var closings = [][]string{
	{"is", "my", "name"}, {"ist", "mein", "name"}, {"est", "mon", "nom"}, {"es", "mi", "nombre"}, {"am", "apparat"}, {"am", "telefon"},
	{"a", "l", "appareil"}, {"al", "aparato"}, {"al", "habla"}, {"al", "telefono"}, {"speaking", "here"}, {"on", "the", "line"},
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
			list = append(list, phrase{strings.Fields(p), trust})
		}
	}
	return list
}

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
	}
}

// introduced tries every phrase that begins at token i, the surest first.
func (s *scan) introduced(i int, key string) {
	for trust := certain; trust <= given; trust++ {
		for _, p := range phrasesBy[key] {
			if p.trust != trust {
				continue
			}
			if j := s.phrase(i, p.words); j > i && s.name(j, p.trust) {
				return
			}
		}
	}
}

// phrase returns the token after the words, i where they do not stand at i.
func (s *scan) phrase(i int, words []string) int {
	j := i
	for k, w := range words {
		if k > 0 && (s.tok(j).is('\'') || s.tok(j).is('-')) {
			j++
		}
		t := s.tok(j)
		if t.class != word || t.key != w || k > 0 && t.line {
			return i
		}
		j++
	}
	return j
}
