package connect

import "net/netip"

// The addresses of the house's own network, which only a service that the admin has marked as inside may have.
var inside = prefixes(
	"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", // RFC 1918
	"100.64.0.0/10",      // shared with a provider's translator, RFC 6598
	"127.0.0.0/8", "::1", // this machine
	"fc00::/7", // unique local, RFC 4193
)

// The addresses that no service has, wherever it lies. The special-purpose registries of IANA (RFC 6890), less what is inside; the
// metadata services of clouds hand out credentials to whoever asks, and two of them hide in networks that are otherwise allowed.
var never = prefixes(
	"0.0.0.0/8", "::",
	"169.254.0.0/16", "fe80::/10", // link-local, with the metadata of AWS, Azure, Google, IBM and most others
	"fec0::/10",                     // site-local, deprecated by RFC 3879
	"fd00:ec2::/32", "fd20:ce::254", // metadata of AWS and Google
	"100.100.100.200",                                                                 // metadata of Alibaba
	"168.63.129.16",                                                                   // Azure's wire server, on a public address
	"192.0.0.0/24",                                                                    // IETF protocols, and metadata of Oracle
	"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20", // documentation
	"192.88.99.0/24",               // relays of 6to4, withdrawn by RFC 7526
	"198.18.0.0/15", "2001:2::/48", // benchmarks
	"224.0.0.0/4", "ff00::/8", // multicast
	"240.0.0.0/4",           // reserved, and broadcast
	"64:ff9b:1::/48",        // translation within one network, RFC 8215: what lies behind it cannot be told
	"100::/64", "5f00::/16", // discard, segment routing
	"2001::/23", "2002::/16", // Teredo, ORCHID and their like; 6to4, which carries an IPv4 address past this table
)

// nat64 is the well-known prefix under which a network without IPv4 reaches it (RFC 6052): the last four bytes are the address.
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// global is all of IPv6 that is given out (RFC 4291, section 2.4). Whatever lies outside is refused without being named: ::a.b.c.d and
// ::ffff:0:a.b.c.d too, which are IPv4 in other clothes.
var global = netip.MustParsePrefix("2000::/3")

// refused tells why an address, as it came out of the resolution, is not called; "" = it may be.
func refused(a netip.Addr, allowInside bool) string {
	a = a.Unmap()
	if nat64.Contains(a) {
		b := a.As16()
		a = netip.AddrFrom4([4]byte(b[12:]))
	}
	switch {
	case !a.IsValid() || a.Zone() != "" || in(never, a):
		return "it is one that no service has"
	case in(inside, a):
		if allowInside {
			return ""
		}
		return "it lies inside a private network, which is not allowed for this service"
	case a.Is6() && !global.Contains(a):
		return "it is one that no service has"
	}
	return ""
}

func in(table []netip.Prefix, a netip.Addr) bool {
	for _, p := range table {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

func prefixes(texts ...string) (out []netip.Prefix) {
	for _, s := range texts {
		if p, err := netip.ParsePrefix(s); err == nil {
			out = append(out, p)
			continue
		}
		a := netip.MustParseAddr(s)
		out = append(out, netip.PrefixFrom(a, a.BitLen()))
	}
	return out
}
