package handlers

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"quittance/db"
	"quittance/db/erasure"
)

// Metrics are the figures that an operator's own monitoring asks for. Their labels are closed lists of ours, route patterns and statuses: never
// a customer ID, and no name that somebody gave (law L10).
type Metrics struct {
	store    *db.Store
	log      *slog.Logger
	registry *prometheus.Registry
	answers  *prometheus.CounterVec
}

// NewMetrics makes them over a store.
func NewMetrics(store *db.Store, log *slog.Logger) *Metrics {
	m := &Metrics{store: store, log: orDiscard(log), registry: prometheus.NewRegistry(), answers: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "quittance_http_requests_total", Help: "Requests answered, by the pattern of their route and their status."}, []string{"route", "code"})}
	m.registry.MustRegister(m.answers, m, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler answers GET /metrics, and nothing else. It stands on a listener of its own and asks nobody who they are.
func (m *Metrics) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 2, Timeout: measureTime, ErrorLog: slog.NewLogLogger(m.log.Handler(), slog.LevelWarn)}))
	return mux
}

// measureTime bounds how long taking the measures may last.
const measureTime = 10 * time.Second

func (m *Metrics) answered(route string, code int) {
	if m != nil {
		m.answers.WithLabelValues(route, strconv.Itoa(code)).Inc()
	}
}

// gauge is one family of figures that are read from the store.
type gauge struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
}

func newGauge(name, help string, labels ...string) gauge {
	return gauge{prometheus.NewDesc("quittance_"+name, help, labels, nil), prometheus.GaugeValue}
}

var (
	gaugePending    = newGauge("oldest_pending_seconds", "Since the acceptance of the oldest erasure that has not ended; 0 where none is open.")
	gaugeLag        = newGauge("erasure_lag_seconds", "From submitted to confirmed, of erasures done in the last 24 hours.", "quantile")
	gaugeDone       = newGauge("erasures_done_24h", "Erasures done in the last 24 hours.")
	gaugeErasures   = newGauge("erasures", "Erasures by state.", "state")
	gaugeBatches    = newGauge("batches", "Batches by state.", "state")
	gaugeParts      = newGauge("parts", "Parts of erasures that have not ended, by state, kind of service and where it lies.", "state", "kind", "hosting")
	gaugeAlarms     = newGauge("alarms", "Alarms that are raised now, by kind.", "kind")
	gaugeNotices    = newGauge("notifications", "Mails and calls of webhooks of the last 90 days, by outcome: sent, waiting, given up, dropped.", "way", "outcome")
	gaugeQueue      = newGauge("write_queue", "Changes that wait for their turn to be written.")
	gaugeTaken      = gauge{prometheus.NewDesc("quittance_records_taken_total", "Records taken in since the store was made.", nil, nil), prometheus.CounterValue}
	gaugeHeld       = newGauge("records", "Records that are held.")
	gaugeUnlabelled = newGauge("records_unlabelled", "Records without a customer ID.")
	gaugeDatabase   = newGauge("database_bytes", "Size of the database file.")
	gaugeLog        = newGauge("wal_bytes", "Size of the write-ahead log.")
	gaugeFree       = newGauge("disk_free_bytes", "Free on the disk of the data directory.")
	gaugeLowWater   = newGauge("disk_low_water_bytes", "With less than this free nothing is taken in.")
	gaugeReserve    = newGauge("disk_reserve_bytes", "Kept for erasures on a full disk; 0 where it is used up.")
	gaugeBadRecords = newGauge("damaged_records", "Records that the last sweep found damaged and that are still held.")
	gaugeBadPages   = newGauge("damaged_pages", "Pages of the database found damaged since the start.")
	gaugeDrill      = newGauge("drill_passed", "Whether the last drill that has ended was passed: 1 or 0; absent before the first.")
	gaugeDrillEnd   = newGauge("drill_ended_timestamp_seconds", "When the last drill ended; absent before the first.")
)

// Describe implements prometheus.Collector.
func (m *Metrics) Describe(to chan<- *prometheus.Desc) {
	for _, g := range []gauge{gaugePending, gaugeLag, gaugeDone, gaugeErasures, gaugeBatches, gaugeParts, gaugeAlarms, gaugeNotices, gaugeQueue, gaugeTaken, gaugeHeld,
		gaugeUnlabelled, gaugeDatabase, gaugeLog, gaugeFree, gaugeLowWater, gaugeReserve,
		gaugeBadRecords, gaugeBadPages, gaugeDrill, gaugeDrillEnd} {
		to <- g.desc
	}
}

// Collect implements prometheus.Collector.
func (m *Metrics) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), measureTime)
	defer cancel()
	v, err := m.store.Measure(ctx)
	if err != nil {
		m.log.Error("metrics could not be taken", "err", err)
		to <- prometheus.NewInvalidMetric(gaugePending.desc, err)
		return
	}
	set := func(g gauge, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(g.desc, g.kind, value, labels...)
	}
	collectStates(set, v)
	collectUpkeep(set, v)
	set(gaugePending, v.OldestPending.Seconds())
	set(gaugeDone, float64(v.Lag.Done))
	if v.Lag.Done > 0 { // of none there is no median
		set(gaugeLag, v.Lag.P50.Seconds(), "0.5")
		set(gaugeLag, v.Lag.P95.Seconds(), "0.95")
		set(gaugeLag, v.Lag.Max.Seconds(), "1")
	}
	for g, n := range map[gauge]int64{gaugeQueue: int64(v.Queue), gaugeTaken: v.Taken, gaugeHeld: v.Held, gaugeUnlabelled: v.Unlabelled, gaugeDatabase: v.Database, gaugeLog: v.Log} {
		set(g, float64(n))
	}
}

// collectStates gives each state its figure, also where it is 0: what is not there cannot be compared with a limit.
func collectStates(set func(gauge, float64, ...string), v db.Measures) {
	for state := range erasure.Moves {
		set(gaugeErasures, float64(v.Erasures[state]), string(state))
	}
	for state := range erasure.BatchMoves {
		set(gaugeBatches, float64(v.Batches[state]), string(state))
	}
	for _, p := range v.Parts {
		set(gaugeParts, float64(p.Count), string(p.State), p.Kind, p.Hosting)
	}
	for _, way := range []string{"mail", "webhook"} {
		for _, outcome := range []string{db.PostWaiting, db.PostSent, db.PostGivenUp, db.PostDropped} {
			set(gaugeNotices, float64(v.Posts[[2]string{way, outcome}]), way, outcome)
		}
	}
	for _, kind := range db.AlarmKinds {
		set(gaugeAlarms, float64(v.Alarms[kind]), string(kind))
	}
}

// collectUpkeep tells of the disk, of damage and of the last drill.
func collectUpkeep(set func(gauge, float64, ...string), v db.Measures) {
	set(gaugeFree, float64(v.Space.Free))
	set(gaugeLowWater, float64(v.Space.LowWater))
	set(gaugeReserve, float64(v.Space.Reserve))
	set(gaugeBadRecords, float64(v.BadRecords))
	set(gaugeBadPages, float64(v.BadPages))
	if v.Drill.Number > 0 {
		passed := 0.0
		if v.Drill.Outcome == db.DrillPassed {
			passed = 1
		}
		set(gaugeDrill, passed)
		set(gaugeDrillEnd, float64(v.Drill.Ended.Unix()))
	}
}
