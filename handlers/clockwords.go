package handlers

import (
	"slices"
	"strings"

	"quittance/db/clock"
	"quittance/views/lang"
)

// countryWords and regionWords are the places of the clock's table.
var (
	countryWords = map[string]lang.Word{
		"AT": "Austria",
		"BE": "Belgium",
		"BG": "Bulgaria",
		"CY": "Cyprus",
		"CZ": "Czechia",
		"DE": "Germany",
		"DK": "Denmark",
		"EE": "Estonia",
		"ES": "Spain",
		"FI": "Finland",
		"FR": "France",
		"GB": "United Kingdom",
		"GR": "Greece",
		"HR": "Croatia",
		"HU": "Hungary",
		"IE": "Ireland",
		"IS": "Iceland",
		"IT": "Italy",
		"LI": "Liechtenstein",
		"LT": "Lithuania",
		"LU": "Luxembourg",
		"LV": "Latvia",
		"MT": "Malta",
		"NL": "Netherlands",
		"NO": "Norway",
		"PL": "Poland",
		"PT": "Portugal",
		"RO": "Romania",
		"SE": "Sweden",
		"SI": "Slovenia",
		"SK": "Slovakia",
		"US": "United States",
	}
	regionWords = map[string]lang.Word{
		"de-bw":  "Baden-Württemberg",
		"de-by":  "Bavaria",
		"de-be":  "Berlin",
		"de-bb":  "Brandenburg",
		"de-hb":  "Bremen",
		"de-hh":  "Hamburg",
		"de-he":  "Hesse",
		"de-mv":  "Mecklenburg-Western Pomerania",
		"de-ni":  "Lower Saxony",
		"de-nw":  "North Rhine-Westphalia",
		"de-rp":  "Rhineland-Palatinate",
		"de-sl":  "Saarland",
		"de-sn":  "Saxony",
		"de-st":  "Saxony-Anhalt",
		"de-sh":  "Schleswig-Holstein",
		"de-th":  "Thuringia",
		"gb-eng": "England",
		"gb-wls": "Wales",
		"gb-nir": "Northern Ireland",
		"gb-sct": "Scotland",
	}
	// withArticle are the countries that stand in a sentence with theirs.
	withArticle = map[string]lang.Word{"GB": "the United Kingdom", "US": "the United States", "NL": "the Netherlands"}
)

// placeName is a country, with its region where it has one. The zero Place has no name.
func placeName(p clock.Place) lang.Word {
	region, is := regionWords[strings.ToLower(p.Code())]
	if !is {
		return orCode(countryWords, p.Code())
	}
	return lang.Said("{country}, {region}", "country", countryWords[p.Code()[:2]], "region", region)
}

// placeWithin is a place as it stands inside a sentence.
func placeWithin(p clock.Place) lang.Word {
	if p.Name() == "" {
		return "no country in particular"
	}
	code := p.Code()[:2]
	country, has := withArticle[code]
	if !has {
		country = orCode(countryWords, code)
	}
	if region, is := regionWords[strings.ToLower(p.Code())]; is {
		return lang.Said("{country} ({region})", "country", country, "region", region)
	}
	return country
}

// orCode is a country's code where the table has no name for it.
func orCode(words map[string]lang.Word, code string) lang.Word {
	if w, ok := words[code]; ok {
		return w
	}
	return lang.Raw(code)
}

// stepWords are the rules of the clock in words (package clock, which knows no language).
var stepWords = []lang.Word{
	"Received, on the calendar of {where}; the days are counted from the next one on",
	"Weekends only: no country of this law was named",
	"Weekends only: no holiday table for {country}",
	"Receipt must be confirmed within 10 business days, which are Monday to Friday without public holidays",
	"An extension must be told to the person, with its reasons, within the first period",
	"A refusal must be sent, with its reasons, within the same period",
	"A refusal must be sent, with its reasons and the ways to complain, within the first month; no extension moves it",
	"The person was told of the extension after the last day for it, so the extension does not hold",
	"National authorities differ: with a period that does not stand still",
	"National authorities differ: with a period that stands still while the person is asked",
	"{from} is {why}; the period ends with the last hour of the next working day",
	"The period stood still for {days} from {from}, while the person was asked",
	"One month of receipt",
	"With two further months, three months of receipt",
	"One month of receipt, on the corresponding date",
	"With two further months, three months from the start date",
	"45 calendar days of receipt, whatever verification takes",
	"With 45 further days, 90 calendar days of receipt",
}

// stepSaid is a step of the clock as a page says it, with its date and where it is written.
func stepSaid(at clock.Place, s clock.Step) lang.Word {
	sentence, gaps := s.Says()
	if !slices.Contains(stepWords, lang.Word(sentence)) {
		return lang.Raw(s.Sentence(dayWords))
	}
	says := lang.Said(lang.Word(sentence), "from", lang.Moment(dayWords(s.From)), "where", placeWithin(at), "country", lang.Raw(gaps["country"]),
		"why", fromBelow(gaps["why"]), "days", lang.Counted(s.Days, "1 day", "{n} days"))
	switch date := lang.Moment(dayWords(s.Date)); {
	case s.Bare():
		return lang.Said("{says}.", "says", says)
	case s.Source == "":
		return lang.Said("{says}: {date}.", "says", says, "date", date)
	default:
		return lang.Said("{says} ({source}): {date}.", "says", says, "source", fromBelow(s.Source), "date", date)
	}
}

func stepsSaid(k clock.Clock) (out []lang.Word) {
	for _, s := range k.Behind() {
		out = append(out, stepSaid(k.Place, s))
	}
	return out
}
