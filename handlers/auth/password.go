package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// The work of argon2id: 19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet), about 55 ms.
const (
	argonMemory  = 19 * 1024 // KiB
	argonPasses  = 2
	argonLanes   = 1
	argonSalt    = 16
	argonSum     = 32
	argonFormat  = "$argon2id$v=%d$m=%d,t=%d,p=%d$"
	hashPatience = 5 * time.Second
)

// HashPassword makes the PHC string that the store keeps of a password. ErrWeak when it is shorter than 12 characters, longer than 1,024
// or no text. There are no rules about which characters it has (NIST SP 800-63B, section 3.1.1.2).
func HashPassword(password string) (string, error) {
	if n := utf8.RuneCountInString(password); n < 12 || n > 1024 || !utf8.ValidString(password) {
		return "", ErrWeak
	}
	salt := make([]byte, argonSalt)
	rand.Read(salt)
	return phc(salt, argon2.IDKey([]byte(password), salt, argonPasses, argonMemory, argonLanes, argonSum)), nil
}

func phc(salt, sum []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf(argonFormat, argon2.Version, argonMemory, argonPasses, argonLanes) + b64.EncodeToString(salt) + "$" + b64.EncodeToString(sum)
}

// nobody is what the password of an unknown account is checked against, so that it costs what a known one costs. No password gives it.
var nobody = phc(make([]byte, argonSalt), make([]byte, argonSum))

// samePassword tells whether a password gives the stored hash. A hash that cannot be read is nobody's.
func samePassword(hash, password string) bool {
	salt, sum, ok := readPHC(hash)
	if !ok {
		salt, sum, _ = readPHC(nobody)
	}
	made := argon2.IDKey([]byte(password), salt, argonPasses, argonMemory, argonLanes, argonSum)
	return subtle.ConstantTimeCompare(made, sum) == 1 && ok
}

// readPHC reads a hash that HashPassword made; others, with other work factors, there are none.
func readPHC(hash string) (salt, sum []byte, ok bool) {
	head := fmt.Sprintf(argonFormat, argon2.Version, argonMemory, argonPasses, argonLanes)
	b64 := base64.RawStdEncoding.Strict()
	saltLen, sumLen := b64.EncodedLen(argonSalt), b64.EncodedLen(argonSum)
	if len(hash) != len(head)+saltLen+1+sumLen || hash[:len(head)] != head || hash[len(head)+saltLen] != '$' {
		return nil, nil, false
	}
	salt, err1 := b64.DecodeString(hash[len(head) : len(head)+saltLen])
	sum, err2 := b64.DecodeString(hash[len(head)+saltLen+1:])
	return salt, sum, err1 == nil && err2 == nil
}

// checkPassword is samePassword with a bound on how many are hashed at once; whoever waits too long is turned away.
func (a *Auth) checkPassword(ctx context.Context, hash, password string) (bool, error) {
	wait := time.NewTimer(hashPatience)
	defer wait.Stop()
	select {
	case a.hashing <- struct{}{}:
	case <-wait.C:
		return false, &TooMany{After: hashPatience}
	case <-ctx.Done():
		return false, ctx.Err()
	}
	defer func() { <-a.hashing }()
	return samePassword(hash, password) && hash != nobody, nil
}
