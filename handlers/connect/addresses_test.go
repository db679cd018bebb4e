package connect

import (
	"net/netip"
	"testing"
)

// TestAddresses: each kind of address, for a service outside and for one inside.
func TestAddresses(t *testing.T) {
	const public, private, barred = "public", "private", "barred"
	for text, want := range map[string]string{
		"8.8.8.8": public, "169.46.1.1": public, "2a03:8180:1401::1": public, "2600:1f18::1": public, "100.63.255.255": public, "100.128.0.0": public,
		"172.15.255.255": public, "172.32.0.0": public, "192.167.255.255": public, "169.253.255.255": public, "223.255.255.255": public, "198.17.0.1": public, "2001:200::1": public,

		"10.0.0.1": private, "172.16.0.1": private, "172.31.255.255": private, "192.168.1.1": private, "127.0.0.1": private, "127.8.9.10": private, "::1": private,
		"100.64.0.1": private, "100.127.255.255": private, "fc00::1": private, "fd12:3456:789a::1": private,

		"0.0.0.0": barred, "0.1.2.3": barred, "::": barred, "169.254.169.254": barred, "169.254.0.1": barred, "fe80::1": barred, "fe80::1%eth0": barred, "fec0::1": barred,
		"224.0.0.1": barred, "239.255.255.255": barred, "ff02::1": barred, "240.0.0.1": barred, "255.255.255.255": barred,
		"192.0.0.192": barred, "192.0.2.1": barred, "198.18.0.1": barred, "198.19.255.255": barred, "198.51.100.1": barred, "203.0.113.1": barred, "192.88.99.1": barred,
		"100.100.100.200": barred, "168.63.129.16": barred, "fd00:ec2::254": barred, "fd20:ce::254": barred,
		"2001:db8::1": barred, "3fff::1": barred, "100::1": barred, "4000::1": barred, "5f00::1": barred, "8000::1": barred,

		"::ffff:8.8.8.8": public, "::ffff:10.0.0.1": private, "::ffff:127.0.0.1": private, "::ffff:169.254.169.254": barred, "::ffff:0.0.0.0": barred,
		"64:ff9b::8.8.8.8": public, "64:ff9b::10.0.0.1": private, "64:ff9b::127.0.0.1": private, "64:ff9b::169.254.169.254": barred, "64:ff9b::224.0.0.1": barred,
		"64:ff9b:1::8.8.8.8": barred, "64:ff9b:1:a00:1::": barred,
		"2002:808:808::1": barred, "2002:a00:1::1": barred, "2002:7f00:1::": barred, "2002:a9fe:a9fe::": barred,
		"2001::1": barred, "2001:0:a00:1::": barred, "2001:10::1": barred, "2001:20::1": barred,
		"::8.8.8.8": barred, "::10.0.0.1": barred, "::127.0.0.1": barred, "::ffff:0:10.0.0.1": barred, "::ffff:0:8.8.8.8": barred,
	} {
		a := netip.MustParseAddr(text)
		outside, within := refused(a, false) == "", refused(a, true) == ""
		if outside != (want == public) || within != (want != barred) {
			t.Errorf("%s is %s: called from outside %v, as inside %v", text, want, outside, within)
		}
	}
	if refused(netip.Addr{}, true) == "" {
		t.Error("no address at all is called")
	}
}
