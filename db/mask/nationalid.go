package mask

import (
	"slices"
	"unicode"
)

// nationalIDs finds the national identification numbers of six countries, by
// shape and check digit. Those whose shape is common and whose check is weak
// or missing also need a word that says what they are.
func (s *scan) nationalIDs() {
	for i := range s.tokens {
		if s.idStart(i) {
			s.nationalID(i)
		}
	}
}

// idStart is the cheap test: a digit, or a short group of capitals before one.
func (s *scan) idStart(i int) bool {
	t := s.tok(i)
	switch t.class {
	case number, mixed:
		return s.leftFree(i)
	case word:
		next := s.tok(i + 1)
		if next.is('-') {
			next = s.tok(i + 2)
		}
		return t.capital && len(t.key) <= 2 && (next.class == number || next.class == mixed) && s.leftFree(i)
	}
	return false
}

func (s *scan) nationalID(i int) {
	c := s.gather(i)
	for p := c.count - 1; p >= 0; p-- {
		end := c.parts[p].end
		if n := c.parts[p].upto; n < 7 || n > 16 || !s.rightFree(end) {
			continue
		}
		if s.anyID(i, &c, p) {
			s.claim(i, end, NationalID)
			return
		}
	}
}

// anyID tells whether the parts up to p are somebody's national ID.
func (s *scan) anyID(i int, c *code, p int) bool {
	text, end := c.text(p), c.parts[p].end
	capital := s.tok(end-1).class != word || s.capitals(i, end)
	if capital && codiceFiscale(text) {
		return true // sixteen letters and digits with a check: no order number looks so, whatever stands before it ("tax code")
	}
	if capital && !s.against(i) {
		if steuerID(c, p) || rvnr(text) || nir(text) || fiscalFR(text) || dni(text) ||
			nino(text) && s.capitals(i, end) || ssn(text) && c.laid(p, 3, 2, 4) && c.parts[1].sep == '-' || seguridadSocial(c, p) {
			return true
		}
	}
	return s.toldID(i, c, p)
}

// capitals tells whether the letters of tokens [i, end) are upper case.
func (s *scan) capitals(i, end int) bool {
	for _, r := range s.text[s.tok(i).start:s.tok(end-1).end] {
		if unicode.IsLower(r) {
			return false
		}
	}
	return true
}

// toldID knows the numbers that are IDs only because the text says so.
func (s *scan) toldID(i int, c *code, p int) bool {
	text, end := c.text(p), c.parts[p].end
	if s.says(i, end, roleIdent) {
		return ssn(text) || itin(text) || nino(text) || shape(text, "aa999999a") || steuerCheck(text) || dni(text) ||
			shape(text, "9999999999999") && nirBody(text) ||
			len(text) == 15 && nirBody(text[:13]) // with a key that is mistyped: what stands before it is whole
	}
	if s.says(i, end, roleHealth) {
		return nhs(text)
	}
	r, adjacent := s.nearest(i)
	return p == 0 && r&roleDocument != 0 && adjacent && len(text) <= 16 && digitsIn(text) >= 3
}

func digitsIn(code []byte) (n int) {
	for _, b := range code {
		if isNum(b) {
			n++
		}
	}
	return n
}

// Germany

// steuerID is the tax identification number (§ 139b AO), written in one piece
// or as 12 345 678 901.
func steuerID(c *code, p int) bool {
	return (p == 0 || c.laid(p, 2, 3, 3, 3)) && steuerCheck(c.text(p))
}

// steuerCheck: eleven digits, no leading zero, exactly one digit of the first
// ten twice or three times (others once at most), ISO 7064 MOD 11,10.
func steuerCheck(text []byte) bool {
	if !shape(text, "99999999999") || text[0] == '0' {
		return false
	}
	var seen [10]int
	product := 10
	for _, b := range text[:10] {
		seen[b-'0']++
		sum := (int(b-'0') + product) % 10
		if sum == 0 {
			sum = 10
		}
		product = sum * 2 % 11
	}
	repeated := 0
	for _, n := range seen {
		if n > 3 {
			return false
		}
		if n > 1 {
			repeated++
		}
	}
	return repeated == 1 && (11-product)%10 == int(text[10]-'0')
}

// rvnr is the pension insurance number (VKVV § 2): area, birth date, letter of
// the birth name, serial number, check digit by weighted digit sums.
func rvnr(text []byte) bool {
	if !shape(text, "99999999a999") {
		return false
	}
	letter := int(text[8]-'a') + 1
	digits := append(append([]byte{}, text[:8]...), byte('0'+letter/10), byte('0'+letter%10), text[9], text[10])
	sum := 0
	for i, w := range []int{2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1} {
		v := int(digits[i]-'0') * w
		sum += v/10 + v%10
	}
	return sum%10 == int(text[11]-'0')
}

// France

// nir is the social security number with its key: 97 minus the number modulo
// 97; 2A and 2B (Corsica) count as 19 and 18.
func nir(text []byte) bool {
	if len(text) != 15 || !nirBody(text[:13]) || !isNum(text[13]) || !isNum(text[14]) {
		return false
	}
	body := slices.Clone(text[:13])
	switch string(body[5:7]) {
	case "2a":
		copy(body[5:], "19")
	case "2b":
		copy(body[5:], "18")
	}
	return 97-mod(body, 97) == mod(text[13:], 100)
}

// nirBody: sex, year, month (or a code above 19 where it is unknown),
// department, commune, order.
func nirBody(text []byte) bool {
	if !shape(text, "9999999999999") && !shape(text, "99999"+"9a"+"999999") {
		return false
	}
	if text[6] == 'a' || text[6] == 'b' {
		if text[5] != '2' {
			return false
		}
	} else if !isNum(text[6]) {
		return false
	}
	month := mod(text[3:5], 100)
	sex := text[0]
	return (sex >= '1' && sex <= '4' || sex == '7' || sex == '8') && (month >= 1 && month <= 12 || month >= 20 && month <= 42 || month >= 50)
}

// fiscalFR is the tax number (SPI): thirteen digits from 0 to 3, the last
// three of which are the first ten modulo 511.
func fiscalFR(text []byte) bool {
	return shape(text, "9999999999999") && text[0] <= '3' && mod(text[:10], 511) == mod(text[10:], 1000)
}

// Spain

// dni is the identity number (eight digits and a letter) or the foreigner's
// (X, Y or Z, seven digits and a letter); the letter is the number modulo 23.
func dni(text []byte) bool {
	if !shape(text, "99999999a") && !shape(text, "a9999999a") {
		return false
	}
	body := slices.Clone(text[:8])
	if !isNum(body[0]) {
		if body[0] < 'x' {
			return false
		}
		body[0] = body[0] - 'x' + '0'
	}
	return "trwagmyfpdxbnjzsqvhlcke"[mod(body, 23)] == text[8]
}

// seguridadSocial is the social security number 28/12345678/40: province,
// number, and both modulo 97.
func seguridadSocial(c *code, p int) bool {
	text := c.text(p)
	if !c.laid(p, 2, 8, 2) || !shape(text, "999999999999") {
		return false
	}
	body := text[:10]
	if text[2] == '0' { // numbers below ten million are joined without the zero
		body = append(slices.Clone(text[:2]), text[3:10]...)
	}
	return mod(body, 97) == mod(text[10:], 100)
}

// Italy

// codiceFiscale checks the sixteenth character: the sum of the values of odd
// and even places modulo 26 (D.M. 12 marzo 1974).
func codiceFiscale(text []byte) bool {
	if len(text) != 16 || !isLow(text[15]) || !shape(text[:6], "aaaaaa") || !isLow(text[8]) || !isLow(text[11]) || !isNum(text[9]) && text[9] < 'l' {
		return false
	}
	odd := [...]int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23}
	sum := 0
	for i, b := range text[:15] {
		v := int(b - '0')
		if isLow(b) {
			v = int(b - 'a')
		}
		if i%2 == 0 {
			v = odd[v]
		}
		sum += v
	}
	return byte('a'+sum%26) == text[15]
}

// United Kingdom

// nino is the National Insurance number: prefix rules of HMRC's manual
// NIM39110, six digits, a suffix from A to D. It has no check digit.
func nino(text []byte) bool {
	if !shape(text, "aa999999a") || text[8] > 'd' {
		return false
	}
	for _, bad := range []string{"bg", "gb", "kn", "nk", "nt", "tn", "zz"} {
		if string(text[:2]) == bad {
			return false
		}
	}
	return !slices.Contains([]byte("dfiquv"), text[0]) && !slices.Contains([]byte("dfiquvo"), text[1])
}

// nhs is the NHS number: ten digits, the last by weights 10 to 2 modulo 11.
func nhs(text []byte) bool {
	if !shape(text, "9999999999") {
		return false
	}
	sum := 0
	for i, b := range text[:9] {
		sum += (10 - i) * int(b-'0')
	}
	return (11-sum%11)%11 == int(text[9]-'0')
}

// United States

// ssn is the social security number: never area 000, 666 or 9xx, group 00 or
// serial 0000 (20 CFR 422.103). It has no check digit.
func ssn(text []byte) bool {
	if !shape(text, "999999999") {
		return false
	}
	area := string(text[:3])
	return area != "000" && area != "666" && text[0] != '9' && string(text[3:5]) != "00" && string(text[5:]) != "0000"
}

// itin is the taxpayer number that the IRS gives to people without an SSN.
func itin(text []byte) bool { return shape(text, "999999999") && text[0] == '9' && text[3] >= '5' }
