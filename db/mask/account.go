package mask

// ibanLength gives the length of an IBAN for each country of the SWIFT IBAN
// Registry (ISO 13616).
var ibanLength = map[string]int{
	"ad": 24, "ae": 23, "al": 28, "at": 20, "az": 28, "ba": 20, "be": 16, "bg": 22, "bh": 22, "bi": 27, "br": 29, "by": 28, "ch": 21,
	"cr": 22, "cy": 28, "cz": 24, "de": 22, "dj": 27, "dk": 18, "do": 28, "ee": 20, "eg": 29, "es": 24, "fi": 18, "fk": 18, "fo": 18,
	"fr": 27, "gb": 22, "ge": 22, "gi": 23, "gl": 18, "gr": 27, "gt": 28, "hr": 21, "hu": 28, "ie": 22, "il": 23, "iq": 23, "is": 26,
	"it": 27, "jo": 30, "kw": 30, "kz": 20, "lb": 28, "lc": 32, "li": 21, "lt": 20, "lu": 20, "lv": 21, "ly": 25, "mc": 27, "md": 24,
	"me": 22, "mk": 19, "mn": 20, "mr": 27, "mt": 31, "mu": 30, "ni": 28, "nl": 18, "no": 15, "om": 23, "pk": 24, "pl": 28, "ps": 29,
	"pt": 25, "qa": 29, "ro": 24, "rs": 22, "ru": 33, "sa": 24, "sc": 31, "sd": 18, "se": 24, "si": 19, "sk": 24, "sm": 27, "so": 23,
	"st": 25, "sv": 28, "tl": 23, "tn": 24, "tr": 26, "ua": 29, "va": 22, "vg": 24, "xk": 20, "ye": 30,
}

// ibans finds International Bank Account Numbers, in one piece or in groups.
func (s *scan) ibans() {
	for i := range s.tokens {
		t := s.tok(i)
		if t.class != word && t.class != mixed || len(t.key) < 2 || !isLow(t.key[0]) || !isLow(t.key[1]) {
			continue
		}
		if n := ibanLength[t.key[:2]]; n > 0 && s.ibanStart(i) {
			s.iban(i, n)
		}
	}
}

// ibanStart tells whether two check digits follow the country's two letters.
func (s *scan) ibanStart(i int) bool {
	t := s.tok(i)
	if t.class == word {
		next := s.tok(i + 1)
		return len(t.key) == 2 && (next.class == number || next.class == mixed)
	}
	return len(t.key) >= 4 && isNum(t.key[2]) && isNum(t.key[3])
}

func (s *scan) iban(i, length int) {
	c := s.gather(i)
	for p := range c.count {
		if c.parts[p].upto == length && ibanValid(c.text(p)) {
			s.claim(i, c.parts[p].end, IBAN)
			return
		}
	}
}

// ibanValid is the check of ISO 13616: moved round by four characters, the
// number is 1 modulo 97 (ISO 7064, MOD 97-10).
func ibanValid(code []byte) bool {
	if !isNum(code[2]) || !isNum(code[3]) {
		return false
	}
	var moved [36]byte
	n := copy(moved[:], code[4:])
	n += copy(moved[n:], code[:4])
	return mod(moved[:n], 97) == 1
}

// cards finds payment card numbers: an issuer's prefix, a length that the
// issuer uses, and the Luhn check (ISO/IEC 7812-1, annex B).
func (s *scan) cards() {
	for i := range s.tokens {
		if t := s.tok(i); t.class != number || len(t.key) < 4 || !s.leftFree(i) || s.tok(i-1).is('+') {
			continue
		}
		c := s.gather(i)
		for p := c.count - 1; p >= 0; p-- {
			if cardShaped(&c, p) && s.rightFree(c.parts[p].end) && !(p == 0 && s.against(i)) {
				s.claim(i, c.parts[p].end, Card)
				break
			}
		}
	}
}

// cardShaped tells whether the parts up to p are a card's number in groups of
// three or more digits, all parted in the same way.
func cardShaped(c *code, p int) bool {
	digits := c.text(p)
	if len(digits) < 13 || len(digits) > 19 || !cardIssuer(digits) {
		return false
	}
	for k := 1; k <= p; k++ {
		part := c.parts[k]
		if part.sep != c.parts[1].sep || part.sep != ' ' && part.sep != '-' && part.sep != '.' || part.size < 3 && k < p || c.parts[0].size < 4 {
			return false
		}
	}
	return luhn(digits)
}

func luhn(digits []byte) bool {
	sum := 0
	for i, b := range digits {
		if !isNum(b) {
			return false
		}
		d := int(b - '0')
		if (len(digits)-i)%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// cardIssuer knows the issuer identification ranges in use, with the lengths
// that go with them.
func cardIssuer(digits []byte) bool {
	n := len(digits)
	four := mod(digits[:min(4, n)], 10000)
	two, three := four/100, four/10
	switch {
	case four/1000 == 4: // Visa
		return n == 13 || n == 16 || n == 19
	case two >= 51 && two <= 55, four >= 2221 && four <= 2720: // Mastercard
		return n == 16
	case two == 34, two == 37: // American Express
		return n == 15
	case three >= 300 && three <= 305, two == 36, two == 38, two == 39: // Diners
		return n >= 14
	case four >= 3528 && four <= 3589: // JCB
		return n >= 16
	case four == 6011, two == 62, two == 65, three >= 644 && three <= 649: // Discover, UnionPay
		return n >= 16
	case two == 50, two >= 56 && two <= 59, two == 63, two == 67: // Maestro
		return n >= 16
	}
	return false
}
