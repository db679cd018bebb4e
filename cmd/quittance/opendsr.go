package main

import (
	"context"
	"crypto/rsa"
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"

	"quittance/db"
	"quittance/handlers"
	"quittance/handlers/connect"
	"quittance/handlers/opendsr"
)

// processor is us as controllers see us over OpenDSR; nil without a domain.
func (f *config) processor(path func(string) string) (*handlers.Processor, error) {
	if f.dsrDomain == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(path(f.dsrCert))
	if err != nil {
		return nil, fmt.Errorf("reading -opendsr-cert: %w", err)
	}
	leaf, _, err := opendsr.ParseCertificate(raw)
	if err != nil {
		return nil, fmt.Errorf("reading -opendsr-cert: %w", err)
	}
	if err := leaf.VerifyHostname(f.dsrDomain); err != nil {
		return nil, misuse("the certificate of -opendsr-cert is not one of -opendsr-domain")
	}
	pair, err := tls.LoadX509KeyPair(path(f.dsrCert), path(f.dsrKey)) // which tells whether they belong together
	if err != nil {
		return nil, fmt.Errorf("reading -opendsr-key: %w", err)
	}
	return &handlers.Processor{Domain: f.dsrDomain, Certificate: raw, Key: pair.PrivateKey.(*rsa.PrivateKey), Inside: f.dsrInside}, nil
}

// tellsOut tells controllers what becomes of their requests, until its context ends. What was written down before and is still to be told
// waits where no domain is given any more.
func tellsOut(store *db.Store, p *handlers.Processor, public string, log *slog.Logger) func(context.Context) {
	if p == nil {
		return func(context.Context) {}
	}
	return connect.NewTeller(store, log, connect.Controllers{Domain: p.Domain, Key: p.Key, Results: handlers.DSRResults(public), Inside: p.Inside}).Loop
}
