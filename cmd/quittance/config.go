package main

import (
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"quittance/db"
	"quittance/handlers"
	"quittance/handlers/auth"
	"quittance/handlers/connect"
)

// config is what the flags of serve say.
type config struct {
	addr         string
	batchEvery   time.Duration
	cancelWindow time.Duration
	night        timeOfDay
	breaker      map[string]*int64 // the flags of the breaker's limits, by limit
	metrics      string
	lowWater     int64 // MiB
	demo         bool
	tlsCert      string
	tlsKey       string
	publicURL    string
	issuer       string
	clientID     string
	secretFile   string
	rolesClaim   string
	roleMap      string
	local        string
	witnesses    []string // submission prefixes
	witnessKeys  []string // their keys, in the same order
	witnessIn    bool
	dsrDomain    string
	dsrCert      string
	dsrKey       string
	dsrInside    bool
	mail         connect.MailOptions
	mailPassword string // a file
	hooksInside  bool
	language     string
}

func serveFlags(fs *flag.FlagSet) *config {
	f := new(config)
	fs.StringVar(&f.addr, "addr", "127.0.0.1:8080", "`address` to listen on; anything but loopback needs TLS or -public-url")
	fs.DurationVar(&f.batchEvery, "batch-every", 15*time.Minute, "how often scheduled erasures are run")
	fs.DurationVar(&f.cancelWindow, "cancel-window", db.DefaultCancelWindow, "how long an approved erasure can be withdrawn; set by a store's first serve")
	f.night = timeOfDay(3 * time.Hour)
	fs.Var(&f.night, "night", "`HH:MM`, in this machine's time zone, from which the nightly work is done")
	f.breaker = map[string]*int64{
		db.LimitShare: fs.Int64("breaker-share", 5, "per cent of all records above which a batch pauses and asks a second person; set by a store's first serve"),
		db.LimitTimes: fs.Int64("breaker-factor", 10, "the same, as a multiple of the median of the last 30 batches; set by a store's first serve"),
		db.LimitFloor: fs.Int64("breaker-floor", 1000, "records that a batch may erase whatever the two say; set by a store's first serve"),
	}
	fs.StringVar(&f.metrics, "metrics", "", "`HOST:PORT` on which /metrics is served for a monitoring, in the clear and to whoever asks; off without it")
	fs.Int64Var(&f.lowWater, "low-water", db.DefaultLowWater>>20, "how many `MiB` of the disk must be free for anything to be taken in")
	fs.BoolVar(&f.demo, "demo", false, "made-up data and one account per role; on loopback and in an empty or earlier demo directory")
	fs.StringVar(&f.tlsCert, "tls-cert", "", "PEM `file` of the certificate, to end TLS here")
	fs.StringVar(&f.tlsKey, "tls-key", "", "PEM `file` of its key")
	fs.StringVar(&f.publicURL, "public-url", "", "`address` that people use, behind a proxy that ends TLS")
	fs.StringVar(&f.issuer, "oidc-issuer", "", "the sign-in provider, as its discovery document names itself")
	fs.StringVar(&f.clientID, "oidc-client-id", "", "our client there")
	fs.StringVar(&f.secretFile, "oidc-client-secret-file", "", "`file` with the client's secret")
	fs.StringVar(&f.rolesClaim, "oidc-roles-claim", "groups", "the claim that carries a person's groups")
	fs.StringVar(&f.roleMap, "oidc-role-map", "", "which group is which role: staff=support,compliance=officer")
	fs.StringVar(&f.local, "local-accounts", "on", "`on|off`: sign-in with e-mail address and password")
	fs.Func("witness", "`URL` of a witness of the audit trail, which cosigns its head each hour; repeatable, or several with commas", listFlag(&f.witnesses))
	fs.Func("witness-key", "the `KEY` of each, in the same order", listFlag(&f.witnessKeys))
	fs.BoolVar(&f.witnessIn, "witness-inside", false, "witnesses may lie in a private network and be reached without TLS")
	fs.StringVar(&f.dsrDomain, "opendsr-domain", "", "our domain as an OpenDSR processor; controllers can send requests only with it")
	fs.StringVar(&f.dsrCert, "opendsr-cert", "", "PEM `file` of the certificate that answers to them are signed with")
	fs.StringVar(&f.dsrKey, "opendsr-key", "", "PEM `file` of its RSA key")
	fs.BoolVar(&f.dsrInside, "opendsr-inside", false, "controllers may be called back at private addresses and over plain http")
	fs.StringVar(&f.language, "language", "en", "`en|de`: the console's language for whom neither their settings nor their browser name one")
	f.notifyFlags(fs)
	return f
}

// listFlag adds to a list.
func listFlag(to *[]string) func(string) error {
	return func(s string) error {
		for v := range strings.SplitSeq(s, ",") {
			if v = strings.TrimSpace(v); v != "" {
				*to = append(*to, v)
			}
		}
		return nil
	}
}

// callWitnesses describes the witnesses.
func (f *config) callWitnesses() ([]*connect.Witness, error) {
	if len(f.witnesses) != len(f.witnessKeys) {
		return nil, misuse("-witness and -witness-key belong together: one key for each witness, in the same order")
	}
	var out []*connect.Witness
	named := map[string]bool{}
	for i, prefix := range f.witnesses {
		w, err := connect.NewWitness(prefix, f.witnessKeys[i], f.witnessIn)
		if err != nil {
			return nil, misuse("-witness: %v", err)
		}
		if named[w.Key.Name()] {
			return nil, misuse("-witness-key: two witnesses have one name")
		}
		named[w.Key.Name()] = true
		out = append(out, w)
	}
	return out, nil
}

// day is the promise: hosted data is erased within 24 hours of acceptance.
const day = 24 * time.Hour

// check refuses settings that contradict each other or would put the console on a network in the clear.
func (f *config) check() error {
	switch {
	case f.batchEvery <= 0 || f.cancelWindow < 0 || f.batchEvery+f.cancelWindow >= day:
		return misuse("-batch-every must be above 0, and with -cancel-window below 24 h: within that time an accepted erasure has to run")
	case f.lowWater < db.DefaultReserve>>20:
		return misuse("-low-water must not be below the disk reserve of %d MiB", db.DefaultReserve>>20)
	case (f.tlsCert == "") != (f.tlsKey == ""):
		return misuse("-tls-cert and -tls-key belong together")
	case (f.dsrDomain == "") != (f.dsrCert == "") || (f.dsrDomain == "") != (f.dsrKey == ""):
		return misuse("-opendsr-domain, -opendsr-cert and -opendsr-key belong together")
	case !handlers.Offers(f.language):
		return misuse("-language is en or de")
	case f.local != "on" && f.local != "off":
		return misuse("-local-accounts is on or off")
	case f.local == "off" && f.issuer == "":
		return misuse("-local-accounts=off without -oidc-issuer would lock everybody out")
	case (f.issuer == "") != (f.clientID == ""):
		return misuse("-oidc-issuer and -oidc-client-id belong together")
	case f.issuer != "" && f.roleMap == "":
		return misuse("-oidc-issuer needs -oidc-role-map: somebody with no mapped role is refused")
	}
	if host, _, err := net.SplitHostPort(f.metrics); f.metrics != "" && (err != nil || host == "") {
		return misuse("-metrics needs a host and a port, such as 127.0.0.1:9090: what listens everywhere has to say so")
	}
	for name, value := range f.breaker {
		if least, most, _ := db.LimitBounds(name); *value < least || *value > most {
			return misuse("-%s is a number from %d to %d", name, least, most)
		}
	}
	if _, err := f.callWitnesses(); err != nil {
		return err
	}
	if err := f.checkMail(); err != nil {
		return err
	}
	return f.checkAddress()
}

// limits are the breaker's, for a store that has none yet.
func (f *config) limits() map[string]int64 {
	out := map[string]int64{}
	for name, value := range f.breaker {
		out[name] = *value
	}
	return out
}

// hostOf is the host of an origin that was checked before.
func hostOf(origin string) string {
	u, err := url.Parse(origin)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

func (f *config) checkAddress() error {
	if f.publicURL != "" {
		u, err := url.Parse(f.publicURL)
		if err != nil || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.Scheme != "https" && !loopbackHost(u.Hostname()) {
			return misuse("-public-url must be an origin such as https://quittance.example.com")
		}
	}
	local, err := loopback(f.addr)
	switch {
	case err != nil:
		return misuse("-addr: %v", err)
	case f.demo && f.publicURL != "" && !loopbackHost(hostOf(f.publicURL)):
		return errors.New("-demo is shown on loopback only, not behind a -public-url: its passwords are no secret")
	case local:
		return nil
	case f.demo:
		return errors.New("-demo listens on loopback only")
	case f.tlsCert == "" && f.publicURL == "":
		return fmt.Errorf("listening on %s without TLS is refused: give -tls-cert and -tls-key, or -public-url behind a proxy that ends TLS", f.addr)
	}
	return nil
}

// loopback tells whether nothing outside this machine can reach an address.
func loopback(addr string) (bool, error) {
	a, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		return false, err
	}
	return a.IP.IsLoopback(), nil
}

func loopbackHost(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// origin is the address under which browsers reach the console that listens at a.
func (f *config) origin(a *net.TCPAddr) string {
	if f.publicURL != "" {
		return strings.TrimSuffix(f.publicURL, "/")
	}
	scheme, host := "http", a.IP.String()
	if f.tlsCert != "" {
		scheme = "https"
	}
	if name, err := os.Hostname(); a.IP.IsUnspecified() && err == nil {
		host = name
	}
	return scheme + "://" + net.JoinHostPort(host, fmt.Sprint(a.Port))
}

// tls reads the certificate. Nil without one.
func (f *config) tls(path func(string) string) (*tls.Config, error) {
	if f.tlsCert == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(path(f.tlsCert), path(f.tlsKey))
	if err != nil {
		return nil, fmt.Errorf("reading the certificate: %w", err)
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}, NextProtos: []string{"h2", "http/1.1"}}, nil
}

// signIn is how people sign in, for the doors.
func (f *config) signIn(origin string, path func(string) string) (auth.Config, error) {
	c := auth.Config{PublicURL: origin, LocalAccounts: f.local == "on", Proxied: f.publicURL != "" && f.tlsCert == "",
		Issuer: f.issuer, ClientID: f.clientID, RolesClaim: f.rolesClaim}
	if f.issuer == "" {
		return c, nil
	}
	roles, err := auth.ParseRoleMap(f.roleMap)
	if err != nil {
		return c, fmt.Errorf("reading -oidc-role-map: %w", err)
	}
	c.RoleMap = roles
	if f.secretFile != "" {
		if c.ClientSecret, err = readSecret(path(f.secretFile)); err != nil {
			return c, fmt.Errorf("reading the sign-in provider's secret: %w", err)
		}
	}
	return c, nil
}

// readSecret reads a file with one line.
func readSecret(path string) (string, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	s := strings.TrimRight(string(raw), "\r\n")
	if s == "" || strings.ContainsAny(s, "\r\n") {
		return "", errors.New("it must hold one line")
	}
	return s, nil
}
