package handlers

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/erasure"
	"quittance/db/label"
)

// What a monitoring reads tells how the house does and names nobody: neither customer nor service, whatever was asked for and however (law L10).
func TestMetricsNameNobody(t *testing.T) {
	var m *Metrics
	h := openHouse(t, func(c *Config) {
		m = NewMetrics(c.Store, nil)
		c.Metrics = m
	})
	const planted = "plantedxyz"
	svc := dbtest.Service(t, h.store, planted+"-bot")
	if _, _, err := h.store.AddGateway(t.Context(), audit.Operator, label.Assistant, planted+"-front", planted, db.NewLinked{URL: "http://127.0.0.1:1/" + planted, Inside: true, Credential: []byte(planted)}); err != nil {
		t.Fatal(err)
	}
	full, _, err := h.store.AddKey(t.Context(), audit.Operator, db.NewKey{Service: svc.Number, Name: planted, Scopes: db.Scopes()})
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Ingest(t, h.store, dbtest.Message(t, svc.Number, h.store.Now(), planted, planted+"_1"), dbtest.Message(t, svc.Number, h.store.Now(), planted, planted+"_2"), dbtest.Message(t, svc.Number, h.store.Now(), planted))
	accept := func(service int64, id string) {
		t.Helper()
		if _, err := h.store.AcceptErasure(t.Context(), audit.ActorOf("key", 1), service, dbtest.ID(t, id)); err != nil {
			t.Fatal(err)
		}
	}
	accept(svc.Number, planted+"_1")
	h.clock.Pass(20 * time.Minute)
	if _, err := erasure.NewRunner(h.store, orDiscard(nil)).Run(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	accept(svc.Number, planted+"_2")
	accept(svc.Number+1, planted+"_3")
	h.clock.Pass(30 * time.Minute)
	b := h.signIn(db.RoleSupport)
	b.post("/search", "q", planted+"_2")
	b.get("/subjects/" + planted)
	b.get("/" + planted + "?q=" + planted)
	b.get("/static/" + planted)
	b.get("//" + planted)
	req, err := http.NewRequest(http.MethodGet, h.url+"/instances/"+svc.GUID+"/v2/assistants/"+planted+"/logs?version=2020-04-01&filter=customer_id::"+planted, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("apikey", full)
	b.do(req)

	if _, err := h.drilled(audit.System); err != nil {
		t.Fatal(err)
	}
	if err := h.store.KeepReserve(1 << 16); err != nil {
		t.Fatal(err)
	}
	text := scrape(t, m)
	if strings.Contains(text, planted) || strings.Contains(text, svc.GUID) {
		t.Errorf("the metrics name somebody:\n%s", text)
	}
	for _, want := range []string{`quittance_oldest_pending_seconds 1800`, `quittance_erasure_lag_seconds{quantile="0.95"} 1200`, `quittance_erasures{state="scheduled"} 2`, `quittance_erasures{state="done"} 1`,
		`quittance_batches{state="done"} 1`, `quittance_batches{state="paused"} 0`, `quittance_parts{hosting="linked",kind="assistant",state="waiting"} 1`, `quittance_records_taken_total 3`,
		`quittance_records 2`, `quittance_damaged_records 0`, `quittance_damaged_pages 0`, `quittance_disk_reserve_bytes 65536`, `quittance_drill_passed 1`, `quittance_records_unlabelled 1`, `quittance_alarms{kind="late"} 0`, `quittance_write_queue 0`, `quittance_http_requests_total{code="303",route="POST /search"} 1`} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("%s is missing in\n%s", want, regexp.MustCompile(`(?m)^(#|go_|process_).*\n`).ReplaceAllString(text, ""))
		}
	}
	for _, name := range []string{"wal_bytes", "disk_free_bytes", "database_bytes", "disk_low_water_bytes", "drill_ended_timestamp_seconds"} {
		if !regexp.MustCompile(`(?m)^quittance_` + name + ` [1-9]`).MatchString(text) {
			t.Errorf("%s is not measured", name)
		}
	}
}

func scrape(t *testing.T, m *Metrics) (text string) {
	t.Helper()
	server := httptest.NewServer(m.Handler())
	defer server.Close()
	for path, want := range map[string]int{"/": http.StatusNotFound, "/metrics": http.StatusOK} {
		res, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != want {
			t.Fatal(res.Status, err, string(body))
		}
		if want == http.StatusOK {
			text = string(body)
		}
	}
	return text
}
