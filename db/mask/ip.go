package mask

import (
	"net/netip"
	"strings"
)

// ips finds addresses of both versions of the Internet Protocol. Version
// numbers of four parts ("firmware 10.0.19.41") are none, nor are times.
func (s *scan) ips() {
	for i := 0; i < len(s.tokens); {
		j := s.chain(i)
		if j > i {
			s.ip(i, j)
		}
		i = max(j, i+1)
	}
}

// chain returns the end of the run of letters, digits, colons and dots without
// a space that begins at token i.
func (s *scan) chain(i int) int {
	j := i
	for ; j < len(s.tokens) && (j == i || s.glued(j)); j++ {
		if t := s.tok(j); !t.alnum() && !t.is(':') && !t.is('.') {
			break
		}
	}
	return j
}

func (s *scan) ip(i, j int) {
	for i < j && s.tok(i).class == word && s.tok(i+1).is(':') && !s.tok(i+2).is(':') {
		i += 2 // "IP:10.0.0.1"
	}
	for j > i && (s.tok(j-1).is('.') || s.tok(j-1).is(':') && !s.tok(j-2).is(':')) {
		j--
	}
	if j-i < 3 {
		return
	}
	if s.tok(i).class == number && s.tok(i+1).is('.') {
		s.ipv4(i, j)
		return
	}
	s.ipv6(i, j)
}

// ipv4 claims a dotted quad, with or without the port after it.
func (s *scan) ipv4(i, j int) {
	if j-i > 7 && !s.tok(i+7).is(':') || j-i < 7 {
		return
	}
	if p := s.tok(i - 1); s.glued(i) && (p.is('-') || p.is(',')) {
		return
	}
	a, err := netip.ParseAddr(s.text[s.tok(i).start:s.tok(i+6).end])
	if err != nil || !a.Is4() || s.tok(i).key == "255" { // a netmask is nobody's
		return
	}
	if r, adjacent := s.nearest(i); r&roleVersion != 0 && adjacent {
		return
	}
	s.claim(i, i+7, IP)
}

// ipv6 claims an address of RFC 4291, section 2.2. "a::b" is a name of some
// programming language rather than an address.
func (s *scan) ipv6(i, j int) {
	text := s.text[s.tok(i).start:s.tok(j-1).end]
	if len(text) < 3 || len(text) > 45 || strings.Count(text, ":") < 2 || !strings.ContainsAny(text, "0123456789") {
		return
	}
	a, err := netip.ParseAddr(text)
	if err != nil || !a.Is6() {
		return
	}
	if len(text) >= 7 || strings.HasPrefix(text, "::") {
		s.claim(i, j, IP)
	}
}
