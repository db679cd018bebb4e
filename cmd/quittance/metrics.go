package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"

	"quittance/handlers"
)

// measures is the listener of the metrics: apart from the console's, so that a firewall can keep it to the monitoring.
type measures struct {
	net.Listener
	handler http.Handler
}

// listenMetrics is nil where nobody asked for metrics.
func listenMetrics(addr string, m *handlers.Metrics) (*measures, error) {
	if m == nil {
		return nil, nil
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listening for metrics: %w", err)
	}
	return &measures{limit(l, metricsConnections), m.Handler()}, nil
}

// metricsConnections is more than any monitoring opens.
const metricsConnections = 20

func (m *measures) serve(ctx context.Context, log *slog.Logger) {
	if err := serveHTTP(ctx, m, m.handler, log); err != nil {
		log.Error("metrics are not served any more", "err", err)
	}
}

func (m *measures) close() {
	if m != nil {
		m.Close()
	}
}
