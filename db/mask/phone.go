package mask

// A dial is a phone number as it is written: groups of digits with what parts
// them.
type dial struct {
	digits [32]byte
	groups [16]group
	count  int
	plus   bool // begins with + and a country's code
	first  int  // its first token
}

type group struct {
	size, upto int  // digits in this group, and up to and with it
	end        int  // token after it
	sep        byte // what stands before it: 0 ' ' '-' '.' '/' '(' ')'
}

// phones finds phone numbers. Some shapes are sure, some need a word nearby
// that says so, and any needs it that no order, price or date is meant.
func (s *scan) phones() {
	for i := 0; i < len(s.tokens); i++ {
		d, ok := s.dial(i)
		if !ok || s.dateLike(&d) {
			continue
		}
		for p := d.count - 1; p >= 0; p-- {
			if end := d.groups[p].end; s.rightFree(end) && s.rings(&d, p) {
				if s.claim(i, end, Phone) {
					i = end - 1
				}
				break
			}
		}
	}
}

// dial reads the number that begins at token i.
func (s *scan) dial(i int) (d dial, ok bool) {
	d.first = i
	j := i
	t := s.tok(j)
	if t.class != number && !t.is('+') && !t.is('(') || !s.leftFree(i) {
		return d, false
	}
	bracket := t.is('(')
	if bracket {
		j++
	}
	if s.tok(j).is('+') {
		d.plus = true
		j++
	}
	if bracket && !(s.tok(j).class == number && s.tok(j+1).is(')')) {
		return d, false
	}
	s.dialGroups(&d, j)
	return d, d.count > 0
}

func (s *scan) dialGroups(d *dial, j int) {
	sep, upto := byte(0), 0
	for d.count < len(d.groups) && s.tok(j).class == number && upto+len(s.tok(j).key) <= 20 {
		key := s.tok(j).key
		upto += copy(d.digits[upto:], key)
		end := j + 1
		if s.tok(end).is(')') && d.count > 0 && sep == '(' {
			end++
		}
		d.groups[d.count] = group{size: len(key), upto: upto, end: end, sep: sep}
		d.count++
		if sep, j = s.dialSeparator(j + 1); sep == 0 {
			return
		}
	}
}

// dialSeparator reads what stands between two groups: a space, one of - . /,
// or a bracket with or without one of them.
func (s *scan) dialSeparator(i int) (sep byte, next int) {
	if s.tok(i).class == number {
		if s.tok(i).line {
			return 0, i
		}
		return ' ', i
	}
	for k := 0; k < 3; k++ {
		t := s.tok(i)
		if t.class == number && !t.line {
			return sep, i
		}
		if t.class != punct || t.line || !dialMark(t) || t.is('.') && (!s.glued(i) || !s.glued(i+1)) {
			return 0, i
		}
		if sep != '(' && sep != ')' {
			sep = t.key[0]
		}
		i++
	}
	return 0, i
}

func dialMark(t *token) bool {
	return t.is('-') || t.is('.') || t.is('/') || t.is('(') || t.is(')')
}

// dateLike tells whether the first groups are a date or a time.
func (s *scan) dateLike(d *dial) bool {
	if d.plus || d.count < 3 || d.groups[1].sep != d.groups[2].sep {
		return false
	}
	g := d.groups
	if g[1].sep == '(' || g[1].sep == ')' || g[0].size > 4 || g[1].size > 2 || g[2].size > 4 {
		return false
	}
	a, b, c := mod(d.digits[:g[0].upto], 10000), mod(d.digits[g[0].upto:g[1].upto], 100), mod(d.digits[g[1].upto:g[2].upto], 10000)
	if g[2].size == 2 && g[0].size == 2 && d.count > 3 && g[3].sep == g[2].sep {
		return false // five pairs are a French number
	}
	return calendar(a, b, c, g[0].size, g[2].size)
}

// rings tells whether the groups up to p are a phone number in this text.
func (s *scan) rings(d *dial, p int) bool {
	i, end := d.first, d.groups[p].end
	if sure(d, p) || alone(d, p) && d.digits[0] == '0' {
		return d.plus || !s.against(i) && !s.isOrder(end) && (!s.codeBefore(i) || s.says(i, end, rolePhone))
	}
	if d.plus {
		return false
	}
	if (likely(d, p) || alone(d, p)) && s.says(i, end, rolePhone) {
		return true
	}
	n := d.groups[p].upto
	if n < 6 || n > 13 || pairsOnly(d, p) && n < 10 {
		return false
	}
	r, adjacent := s.nearest(i)
	return r&rolePhone != 0 && r&roleOrder == 0 && adjacent || r == 0 && s.follows(end, rolePhone)
}

// sure knows the shapes that are hardly anything but a phone number.
func sure(d *dial, p int) bool {
	n, lead := d.groups[p].upto, d.digits[0]
	switch {
	case d.plus:
		return n >= 8 && n <= 15 && lead != '0' // ITU-T E.164
	case lead == '0' && d.digits[1] == '0':
		return n >= 11 && n <= 17 && d.digits[2] != '0' && (p > 0 || n >= 12)
	case lead == '0':
		return n >= 9 && n <= 12 && d.groups[0].size > 1 && (p > 0 && grouped(d, p) || n >= 10)
	case laid(d, p, 3, 3, 4), laid(d, p, 1, 3, 3, 4) && lead == '1': // North America
		return d.digits[n-10] >= '2'
	case n == 9 && lead >= '6': // Spain
		return d.groups[p].sep != '.' && d.groups[p].sep != '/' && (laid(d, p, 3, 3, 3) || laid(d, p, 3, 2, 2, 2) || laid(d, p, 2, 3, 2, 2))
	}
	return false
}

// isOrder tells of what stands before token end: "… is the SKU", "… ist meine Bestellnummer".
func (s *scan) isOrder(end int) bool {
	switch s.tok(end).key {
	case "is", "was", "ist", "war", "est", "es":
		return s.follows(end, roleOrder)
	}
	return false
}

// alone tells of digits that are all written apart: "0 7 7 0 0 9 0 0 1 1 8".
func alone(d *dial, p int) bool {
	for k := range p + 1 {
		if d.groups[k].size != 1 {
			return false
		}
	}
	return p >= 8
}

// codeBefore tells whether a group of capitals and digits stands before token i, as in a parcel's number: "1Z 999 AA1 01 2345 6784".
func (s *scan) codeBefore(i int) bool {
	for j := i - 1; j >= i-6; j-- {
		p := s.tok(j)
		if s.tok(j+1).line || !s.tok(j+1).space {
			return false
		}
		if p.class == mixed {
			return s.capitals(j, j+1)
		}
		if p.class != number {
			return false
		}
		if len(p.key) >= 5 {
			return true // the groups of an account: "30004 00823 00012345678 43"
		}
	}
	return false
}

// likely knows the shapes that are a phone number where the text says so.
func likely(d *dial, p int) bool {
	n, lead := d.groups[p].upto, d.digits[0]
	switch {
	case lead == '0':
		return n >= 6 && n <= 12 && d.groups[0].size > 1 && !pairsOnly(d, p)
	case n == 9:
		return lead >= '6'
	case n == 10:
		return lead >= '2'
	}
	return n == 11 && lead == '1' || laid(d, p, 3, 4)
}

// grouped tells whether no group after the first is a single digit, which
// would be a list or an amount.
func grouped(d *dial, p int) bool {
	for k := 1; k <= p; k++ {
		if d.groups[k].size < 2 && d.groups[k].sep != '-' {
			return false
		}
	}
	return true
}

// pairsOnly tells of hours: "09.00-17.00".
func pairsOnly(d *dial, p int) bool {
	for k := range p + 1 {
		if d.groups[k].size != 2 {
			return false
		}
	}
	return true
}

func laid(d *dial, p int, sizes ...int) bool {
	if p+1 != len(sizes) {
		return false
	}
	for k, n := range sizes {
		if d.groups[k].size != n {
			return false
		}
	}
	return true
}
