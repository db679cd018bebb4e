package mask

// A code is a run of letters and digits that may be written in groups: an
// IBAN, a national ID. It is gathered once from its first token and then tried
// at each of its group ends.
type code struct {
	chars  [36]byte // lower case
	length int
	parts  [10]part
	count  int
}

type part struct {
	end  int  // token after this part
	size int  // characters in this part
	upto int  // characters up to and with this part
	sep  byte // what stands before it: 0, ' ', '-', '.', '/'
}

// gather reads the code that begins at token i, as far as it can reach.
func (s *scan) gather(i int) (c code) {
	for sep := byte(0); c.count < len(c.parts); {
		t := s.tok(i)
		if !t.alnum() || c.length+len(t.key) > len(c.chars) || !ascii(t.key) {
			return c
		}
		c.length += copy(c.chars[c.length:], t.key)
		c.parts[c.count] = part{end: i + 1, size: len(t.key), upto: c.length, sep: sep}
		c.count++
		if sep, i = s.separator(i + 1); sep == 0 {
			return c
		}
	}
	return c
}

// separator tells what joins token i to the code before it, and where the
// next group begins.
func (s *scan) separator(i int) (sep byte, next int) {
	t := s.tok(i)
	switch {
	case t.line:
		return 0, i
	case t.alnum():
		return ' ', i
	case s.glued(i) && s.glued(i+1) && (t.is('-') || t.is('.') || t.is('/')):
		return t.key[0], i + 1
	}
	return 0, i
}

func ascii(key string) bool {
	for i := 0; i < len(key); i++ {
		if key[i] >= 0x80 || key[i] == '_' {
			return false
		}
	}
	return true
}

// text is the code up to and with part p.
func (c *code) text(p int) []byte { return c.chars[:c.parts[p].upto] }

// laid tells whether the parts up to p have exactly these sizes.
func (c *code) laid(p int, sizes ...int) bool {
	if p+1 != len(sizes) {
		return false
	}
	for k, n := range sizes {
		if c.parts[k].size != n {
			return false
		}
	}
	return true
}

// shape tells whether code looks like pattern: 9 is a digit, a a letter.
func shape(code []byte, pattern string) bool {
	if len(code) != len(pattern) {
		return false
	}
	for i, b := range code {
		if pattern[i] == '9' && !isNum(b) || pattern[i] == 'a' && !isLow(b) {
			return false
		}
	}
	return true
}

func isNum(b byte) bool { return '0' <= b && b <= '9' }
func isLow(b byte) bool { return 'a' <= b && b <= 'z' }

// mod computes the decimal number in code modulo m; letters count as 10 to 35
// (a = 10), as in ISO 7064.
func mod(code []byte, m int) int {
	r := 0
	for _, b := range code {
		if isNum(b) {
			r = (r*10 + int(b-'0')) % m
		} else {
			r = (r*100 + int(b-'a') + 10) % m
		}
	}
	return r
}
