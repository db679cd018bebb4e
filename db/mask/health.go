package mask

import "strings"

// Health is what Health finds. It is none of Kinds: in what people write to a service it stays legible, for without it support could not help.
const Health Kind = "health"

// HealthFinds returns the words in text that speak of somebody's health (Art. 4(15) and 9 GDPR), in the four languages. The lexicon is small
// and careful: a word that means something else in a shop or a server room ("operation", "virus", "Rezept") is not in it.
func HealthFinds(text string) (out []Span) {
	tokens := tokenise(text)
	for i := 0; i < len(tokens); i++ {
		n := healthWords(tokens[i:])
		if n == 0 {
			continue
		}
		out = append(out, Span{tokens[i].start, tokens[i+n-1].end, Health})
		i += n - 1
	}
	return out
}

// healthWords tells how many tokens from the first one are a term of health.
func healthWords(tokens []token) int {
	if tokens[0].class != word && tokens[0].class != mixed {
		return 0
	}
	key := tokens[0].key
	for _, phrase := range healthPhrases[key] {
		if follow(tokens[1:], phrase) && !follow(tokens[1+len(phrase):], []string{"of"}) { // "sick of waiting"
			return 1 + len(phrase)
		}
	}
	if healthExact[key] {
		return 1
	}
	for n := 5; n <= len(key); n++ {
		if healthStems[key[:n]] {
			return 1
		}
	}
	return 0
}

func follow(tokens []token, words []string) bool {
	if len(tokens) < len(words) {
		return false
	}
	for i, w := range words {
		if tokens[i].key != w || tokens[i].line {
			return false
		}
	}
	return true
}

// healthStems begin words of health; each has five letters or more.
var healthStems = func() map[string]bool {
	m := map[string]bool{}
	lookup(true, `diabet asthma asmati epilep cancer krebskrank krebspatient brustkrebs lungenkrebs hautkrebs darmkrebs tumor tumeur leukam
		leukem leucem chemother chimiother quimioter onkolog oncolog schizophren esquizofren depressi depresi burnout bipolar psychiatr psiquiatr
		psychother psicoter antidepress antidepres insulin pregnan schwanger embarazad abtreibung schwangerschaftsabbruch avortement
		miscarr fehlgeburt dialys dialis herzinfarkt herzkrank infarct infarto schlaganfall hypertens hipertens bluthochdruck
		hepatit tubercul tuberkul parkinson alzheimer demenz dementia demencia autist autism arthrit artrit rheuma reumat migrane migrain
		crohn pacemaker herzschrittmacher marcapasos schwerbehindert rollstuhl wheelchair prescription medikament
		medication medicament krankschreib krankgeschrieben krankmeld biopsi endometrios anorex bulimi morphin cortison ibuprofen paracetamol metformin
		antibiot antikorper chemotherapie bestrahlung radiother vasectom hysterekt diagnosed impfschaden behinderung discapacidad
		covid suizid suicid gehirnersch blutzucker blutgruppe glucemi glycemi zuckerkrank erkrankung allergi alergi`, m)
	return m
}()

// healthExact are words that would begin others.
var healthExact = func() map[string]bool {
	m := map[string]bool{}
	lookup(true, `hiv vih krebs krank kranke kranker ictus avc copd mrsa adhd adhs tdah ptsd tsh ibs tumour tumors tumours angina ivf dement
		malade ordonnance embarazo maladie enfermo enferma enfermedad disability disabilities handicape handicapee aborto abortion ecg ekg mrt chemo`, m)
	return m
}()

// healthPhrases are terms of several words, by the first.
var healthPhrases = func() map[string][][]string {
	m := map[string][][]string{}
	for _, p := range strings.Split(`heart attack; blood pressure; blood sugar; blood type; sick leave; on sick; mental health; multiple sclerosis; kidney failure;
		arret maladie; crise cardiaque; fauteuil roulant; groupe sanguin; sclerose en plaques; tension arterielle; silla de ruedas; baja medica;
		presion arterial; ataque al corazon; salud mental; esclerosis multiple; grupo sanguineo; multiple sklerose; insuffisance renale;
		i am sick; i am ill; i m sick; transplant list; organ transplant; panic attacks; eating disorder; tested positive; suis enceinte; est enceinte; femme enceinte; femmes enceintes; tombee enceinte`, ";") {
		words := strings.Fields(p)
		m[words[0]] = append(m[words[0]], words[1:])
	}
	return m
}()

// IsName tells whether a whole text is a person's name: a known given name, alone or with one or two words after it.
func IsName(text string) bool {
	tokens := tokenise(text)
	if len(tokens) == 0 || len(tokens) > 3 || lexicon[tokens[0].key]&roleGiven == 0 || lexicon[tokens[0].key]&roleAlsoWord != 0 {
		return false
	}
	for i, t := range tokens {
		if t.class != word || i > 0 && (!t.capital && tokens[0].capital || lexicon[t.key]&(roleStop|roleSays|roleInstitution) != 0) {
			return false
		}
	}
	return len(tokens) < 2 || !trademark[tokens[0].key+" "+tokens[1].key]
}

// FieldKind tells what a field's name says its value is, "" where it says nothing that a value could be held to.
func FieldKind(name string) Kind {
	switch k := kindOf(split(name)); k {
	case Email, Phone, IBAN, NationalID, DateOfBirth:
		return k
	}
	return ""
}
