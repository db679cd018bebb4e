package handlers

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// policy is the Content-Security-Policy of every page: nothing inline, nothing from elsewhere. origins are added to form-action:
// Chromium applies it to the redirect after a form post too, and sign-in and sign-out lead to the provider.
func policy(origins []string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action " +
		strings.Join(append([]string{"'self'"}, origins...), " ") +
		"; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types quittance"
}

// around puts on every answer what must stand on every answer, and writes the access log: the route's pattern, never the address,
// because the Watson API has customer IDs in its addresses (law L10).
func (s *Server) around(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		v := &visit{id: rand.Text()[:12]}
		r = r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
		head := w.Header()
		head.Set("Content-Security-Policy", policy(s.auth.FormOrigins())) // the provider may have been found meanwhile
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("Referrer-Policy", "same-origin")
		head.Set("Cross-Origin-Opener-Policy", "same-origin")
		head.Set("Cross-Origin-Resource-Policy", "same-origin")
		head.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		if !strings.HasPrefix(r.URL.Path, "/static/") {
			head.Set("Cache-Control", "no-store")
		}
		if s.conf.TLS {
			head.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		seen := &status{ResponseWriter: w, code: http.StatusOK}
		h.ServeHTTP(seen, r)
		s.conf.Metrics.answered(routeOf(r), seen.code)
		s.log.LogAttrs(r.Context(), slog.LevelInfo, "answered", slog.String("request", v.id), slog.String("method", r.Method), slog.String("route", routeOf(r)),
			slog.Int("status", seen.code), slog.Duration("took", time.Since(began)))
	})
}

// routeOf is the pattern under which a request was answered: the console's own, which the guard wrote down, or the outer mux's.
func routeOf(r *http.Request) string {
	if v := visitOf(r); v.route != "" {
		return v.route
	}
	if r.Pattern == "" {
		return "none"
	}
	return r.Pattern
}

// status remembers the status of an answer. Unwrap lets http.ResponseController reach the connection.
type status struct {
	http.ResponseWriter
	code int
}

func (s *status) WriteHeader(code int) {
	s.code = code
	s.ResponseWriter.WriteHeader(code)
}

// Unwrap implements the contract of http.ResponseController.
func (s *status) Unwrap() http.ResponseWriter { return s.ResponseWriter }
