package opendsr

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"net/http"
	"strings"
)

// ErrSignature is all that is told about a body that its processor did not sign.
var ErrSignature = errors.New("this is not signed by the processor")

// leastKey is the shortest RSA key that still proves something (NIST SP 800-131A), in bits; longestKey bounds what a check may cost.
const (
	leastKey   = 2048
	longestKey = 8192
)

// Sign signs a body as a processor does: base64 of RSA PKCS #1 v1.5 over its SHA-256 (FIPS 186-4, section 5.5).
func Sign(key *rsa.PrivateKey, h http.Header, domain string, body []byte) error {
	sum := sha256.Sum256(body)
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return err
	}
	h.Set(HeaderDomain, domain)
	h.Set(HeaderSignature, base64.StdEncoding.EncodeToString(signature))
	return nil
}

// Verify tells whether a body was signed by the processor of a domain: nil or ErrSignature. It looks at bytes only, so it can stand before all
// reading of the body.
func Verify(certificate *x509.Certificate, domain string, h http.Header, body []byte) error {
	key, ok := certificate.PublicKey.(*rsa.PublicKey)
	names, signatures := h.Values(HeaderDomain), h.Values(HeaderSignature)
	if !ok || len(names) != 1 || len(signatures) != 1 || !strings.EqualFold(names[0], domain) || domain == "" {
		return ErrSignature
	}
	signature, err := base64.StdEncoding.Strict().DecodeString(signatures[0])
	sum := sha256.Sum256(body)
	if err != nil || rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) != nil {
		return ErrSignature
	}
	return nil
}

// ParseCertificate reads the certificate that a processor signs with, PEM or DER, with whatever else stands behind it in the chain.
func ParseCertificate(raw []byte) (leaf *x509.Certificate, chain []*x509.Certificate, err error) {
	der := raw
	if block, rest := pem.Decode(raw); block != nil {
		der = block.Bytes
		for block, rest = pem.Decode(rest); block != nil && len(chain) < 10; block, rest = pem.Decode(rest) {
			if c, err := x509.ParseCertificate(block.Bytes); err == nil {
				chain = append(chain, c)
			}
		}
	}
	if leaf, err = x509.ParseCertificate(der); err != nil {
		return nil, nil, errors.New("the processor's certificate cannot be read")
	}
	key, ok := leaf.PublicKey.(*rsa.PublicKey)
	if !ok || key.N.BitLen() < leastKey || key.N.BitLen() > longestKey {
		return nil, nil, errors.New("the processor's certificate has no RSA key of 2,048 to 8,192 bits")
	}
	return leaf, chain, nil
}

// Fingerprint is the SHA-256 of a certificate, hex.
func Fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}
