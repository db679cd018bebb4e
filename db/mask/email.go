package mask

// emails finds addresses by their @ ("j.doe@mail.example.org") and by the
// words people write for it ("j.doe (at) example dot org"). The local part is
// the dot-atom of RFC 5322, section 3.2.3, without the marks that nobody uses.
func (s *scan) emails() {
	for i := range s.tokens {
		t := s.tok(i)
		switch {
		case t.is('@'):
			s.email(i)
		case t.role&roleAt != 0:
			s.spokenEmail(i)
		}
	}
}

func (s *scan) email(at int) {
	if !s.glued(at) || !s.glued(at+1) {
		return
	}
	from, to := s.localPart(at), s.domain(at+1)
	if s.tok(at - 1).is('"') {
		from = s.quotedPart(at)
	}
	if from < at && to > at+1 {
		s.claim(from, to, Email)
	}
}

// localPart walks back from the @ and returns its first token, at if none.
func (s *scan) localPart(at int) int {
	from := at
	for j := at - 1; j >= 0; j-- {
		t := s.tok(j)
		if t.alnum() {
			from = j
		} else if !t.is('.') && !t.is('-') && !t.is('+') && !t.is('\'') && !t.is('&') {
			break
		}
		if t.space {
			break
		}
	}
	return from
}

// quotedPart walks back over a local part in quotation marks (RFC 5322, section 3.2.4).
func (s *scan) quotedPart(at int) int {
	for j := at - 2; j >= 0 && j > at-12 && s.tok(j).class != hidden; j-- {
		if s.tok(j).is('"') && j < at-2 {
			return j
		}
	}
	return at
}

// domain walks on from token i and returns the token after the last label, i
// where no label after a dot is a top-level domain.
func (s *scan) domain(i int) int {
	end, dotted := i, false
	for j := i; s.tok(j).alnum() && (j == i || s.glued(j)); j += 2 {
		t := s.tok(j)
		if dotted && len(t.key) >= 2 && t.class == word {
			end = j + 1
		}
		sep := s.tok(j + 1)
		if !s.glued(j+1) || !sep.is('.') && !sep.is('-') || !s.glued(j+2) {
			break
		}
		dotted = dotted || sep.is('.')
	}
	return end
}

// spokenEmail finds "name (at) host (dot) tld". Without brackets around the
// "at", the dot must be a word as well: "meet me at example.com" is none.
func (s *scan) spokenEmail(at int) {
	open, next := s.unbracket(at)
	bare := open == at && s.tok(at).key == "at" // nobody says "arroba" for anything else
	host := s.tok(next)
	if !host.alnum() {
		return
	}
	end, spelled := s.spokenDomain(next)
	from := s.spokenLocal(open)
	if end > next && from < open && (spelled || !bare) && (from < open-1 || s.tok(from).role&roleStop == 0) {
		s.claim(from, end, Email)
	}
}

// unbracket returns the first token of "(at)" or of "at", and the one after.
func (s *scan) unbracket(i int) (first, next int) {
	p, n := s.tok(i-1), s.tok(i+1)
	if p.is('(') && n.is(')') || p.is('[') && n.is(']') || p.is('{') && n.is('}') {
		return i - 1, i + 2
	}
	return i, i + 1
}

func (s *scan) bracketed(i int) bool {
	first, _ := s.unbracket(i)
	return first < i
}

func (s *scan) spokenLocal(end int) int {
	from := end
	for j := end - 1; j >= 0 && j > end-8; {
		if !s.tok(j).alnum() || s.tok(j).role&roleDot != 0 {
			break
		}
		from = j
		sep := s.tok(j - 1)
		switch {
		case sep.role&roleDot != 0 || s.glued(j) && (sep.is('.') || sep.is('-') || sep.is('+')):
			j -= 2
		case s.tok(j-2).role&roleDot != 0 && s.bracketed(j-2): // "sabine (punkt) weber"
			j -= 4
		default:
			return from
		}
	}
	return from
}

func (s *scan) spokenDomain(i int) (end int, spelled bool) {
	end = i
	for j := i; j < i+8; {
		sep, next := j+1, j+2
		switch {
		case s.tok(sep).is('-') && s.glued(sep) && s.glued(next) && s.tok(next).alnum():
			j = next
			continue
		case s.tok(sep).is('.') && s.glued(sep) && s.glued(next):
		case s.tok(sep).role&roleDot != 0:
			spelled = true
		case s.tok(sep+1).role&roleDot != 0:
			_, next = s.unbracket(sep + 1)
			if next != sep+3 {
				return end, spelled
			}
			spelled = true
		default:
			return end, spelled
		}
		if s.tok(next).class != word || len(s.tok(next).key) < 2 {
			return end, spelled
		}
		end, j = next+1, next
	}
	return end, spelled
}
