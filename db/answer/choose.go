package answer

// Gap is a statement that is missing, or that there is in another language only.
type Gap struct {
	Code    string
	Service string // name of the service that nothing is stated for; "" = for all
	Only    string // the language in which alone it is there; "" = in none
}

// Choose picks what an answer states: of each statement the house's text, unless each of the services has one instead of it, and those of the
// services themselves. services are those of which records are in the answer, by number, with their names. A text that is not there in the
// language of the answer is given in the other one, which is a gap too.
func Choose(have []Statement, language string, services map[int64]string) (out []Statement, gaps []Gap) {
	for _, about := range Statements {
		general := pick(have, about.Code, 0, language)
		own, bare, instead := ofServices(have, about.Code, language, services)
		switch {
		case general.Text == "" && len(own) == 0:
			gaps = append(gaps, Gap{Code: about.Code})
		case general.Text == "":
			for _, n := range bare {
				gaps = append(gaps, Gap{Code: about.Code, Service: services[n]})
			}
		case len(services) == 0 || instead < len(services):
			own = append([]Statement{general}, own...)
		}
		out, gaps = append(out, own...), append(gaps, foreign(own, language)...)
	}
	return out, gaps
}

// ofServices are the texts that services have of a statement, those that have none, and how many texts stand instead of the house's.
func ofServices(have []Statement, code, language string, services map[int64]string) (own []Statement, bare []int64, instead int) {
	for _, n := range sorted(services) {
		s := pick(have, code, n, language)
		if s.Text == "" {
			bare = append(bare, n)
			continue
		}
		if s.Service = services[n]; s.Instead {
			instead++
		}
		own = append(own, s)
	}
	return own, bare, instead
}

// foreign are the texts that are there in another language only.
func foreign(all []Statement, language string) (gaps []Gap) {
	for _, s := range all {
		if s.Language != language {
			gaps = append(gaps, Gap{Code: s.Code, Service: s.Service, Only: s.Language})
		}
	}
	return gaps
}

// pick finds a text of a service, 0 = of the house: in a language, else in any.
func pick(have []Statement, code string, service int64, language string) (found Statement) {
	for _, s := range have {
		if s.Code == code && s.Of == service && (found.Text == "" || s.Language == language) {
			found = s
		}
	}
	return found
}
