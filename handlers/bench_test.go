package handlers_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/dbtest"
	"quittance/db/mask"
	"quittance/handlers"
	"quittance/handlers/auth"
	"quittance/views"
	"quittance/views/lang"
)

// BenchmarkBudgets prints its part of the table of `make bench`: what a browser and an application see, over real connections on this machine, which
// both sides share.
func BenchmarkBudgets(b *testing.B) {
	dir, sizes := dbtest.BenchDir(b), dbtest.Sizes(b)
	medians := make([]time.Duration, len(sizes))
	for i, size := range sizes {
		h := openBench(b, dir, size)
		medians[i] = h.pages(size)
		h.logs(size)
		if i == len(sizes)-1 {
			dbtest.Growth("  at "+dbtest.Short(size)+" against "+dbtest.Short(sizes[0]), medians).Print()
			h.masking(medians[i])
			h.rendering()
			h.messages(size)
		}
		h.server.Close()
	}
	b.ReportMetric(0, "ns/op")
}

// bench is the whole console and API over the store of a size.
type bench struct {
	*testing.B
	store   *db.Store
	service db.Service
	bare    *dbtest.Bare
	crowd   *dbtest.Crowd
	server  *httptest.Server
	browser *http.Client
	key     string
}

const benchPassword = "correct horse battery"

func openBench(b *testing.B, dir string, size int) *bench {
	h := &bench{B: b, crowd: dbtest.NewCrowd(size), server: httptest.NewUnstartedServer(nil)}
	h.store, h.service, h.bare = dbtest.BenchStore(b, dir, size)
	origin := "http://" + h.server.Listener.Addr().String()
	doors, err := handlers.New(handlers.Config{Store: h.store, Auth: auth.Config{PublicURL: origin, LocalAccounts: true}, BatchEvery: 15 * time.Minute, CancelWindow: 15 * time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	h.server.Config.Handler = doors
	h.server.Start()
	b.Cleanup(h.server.Close)
	if h.key, _, err = h.store.AddKey(context.Background(), audit.Operator, db.NewKey{Service: h.service.Number, Scopes: db.Scopes()}); err != nil {
		b.Fatal(err)
	}
	h.signIn()
	return h
}

func (h *bench) signIn() {
	hash, err := auth.HashPassword(benchPassword)
	if err != nil {
		h.Fatal(err)
	}
	email := fmt.Sprintf("officer%d@q.example", time.Now().UnixNano())
	if _, err := h.store.AddUser(context.Background(), audit.Operator, db.NewUser{Email: email, Name: "Bench", Roles: []string{db.RoleOfficer}, Password: hash}); err != nil {
		h.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.Fatal(err)
	}
	h.browser = &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	h.post("/signin", url.Values{"email": {email}, "password": {benchPassword}})
}

// post sends a form and returns where it leads.
func (h *bench) post(path string, form url.Values) string {
	req, err := http.NewRequest(http.MethodPost, h.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		h.Fatal(err)
	}
	req.Header.Set("Origin", h.server.URL)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := h.browser.Do(req)
	if err != nil || res.StatusCode != http.StatusSeeOther {
		h.Fatal(path, res, err)
	}
	res.Body.Close()
	return res.Header.Get("Location")
}

// get reads a page to its end and wants a text in it.
func (h *bench) get(path, want string, key string) {
	req, err := http.NewRequest(http.MethodGet, h.server.URL+path, nil)
	if err != nil {
		h.Fatal(err)
	}
	if key != "" {
		req.SetBasicAuth("apikey", key)
	}
	res, err := h.browser.Do(req)
	if err != nil {
		h.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || !bytes.Contains(body, []byte(want)) {
		h.Fatalf("%s: %d %v %.300s", path, res.StatusCode, err, body)
	}
}

// asked is how many customers are looked at. Each wrote a record drawn by chance, so the loud ones come often, as they do at a help desk.
const asked = 400

func (h *bench) customer(i int) int { return h.crowd.Writer(i * (h.crowd.Size / asked)) }

// pages measures the first page of a customer and returns its median.
func (h *bench) pages(size int) time.Duration {
	paths := make([]string, asked)
	for i := range paths {
		paths[i] = h.post("/search", url.Values{"q": {h.crowd.Customer(h.customer(i))}})
	}
	var ours, bare dbtest.Times
	for i := range asked + 20 {
		n := i % asked
		o := dbtest.Measure(1, func(int) { h.get(paths[n], h.crowd.Customer(h.customer(n)), "") })
		r := dbtest.Measure(1, func(int) { h.barePage(h.crowd.Customer(h.customer(n))) })
		if i >= 20 {
			ours, bare = append(ours, o...), append(bare, r...)
		}
	}
	ratio := float64(ours.At(.5)) / float64(bare.At(.5))
	dbtest.Figure{What: "first page of a customer at " + dbtest.Short(size) + ": signed in, masked, HTML", Value: ours.Show(), Bare: bare.Show(), Ratio: fmt.Sprintf("%.2f", ratio),
		Budget: "p50 ≤ 4 × query + render, p99 ≤ 25 ms", Met: ratio <= 4 && ours.At(.99) <= 25*time.Millisecond}.Print()
	return ours.At(.5)
}

// barePage is the bare query and the bare rendering of the same page.
func (h *bench) barePage(customer string) {
	records, err := h.bare.Page(context.Background(), customer)
	if err != nil {
		h.Fatal(err)
	}
	var out bytes.Buffer
	if err := rowsPage(customer, records).Render(views.WithFrame(context.Background(), views.Frame{SignedIn: true}), &out); err != nil {
		h.Fatal(err)
	}
}

func rowsPage(customer string, records []db.Record) views.Search {
	v := views.Search{Asked: true, ID: customer, Total: int64(len(records)), Rows: make([]views.ResultRow, len(records))}
	for i, r := range records {
		v.Rows[i] = views.ResultRow{Href: "/records/" + strconv.FormatInt(r.Seq, 10), Service: "Assistant", Instance: "eu-de, bench", Kind: "Message",
			Written: views.MomentOf(r.Time, time.UTC), Preview: []views.Piece{{Text: lang.Raw(r.Text)}}, State: views.State{Tone: "ok", Icon: "tag", Word: "Labelled"}}
	}
	return v
}

// logs measures the listing of a customer's entries by the API.
func (h *bench) logs(size int) {
	times := dbtest.Measure(asked, func(i int) {
		n := h.customer(i)
		h.get("/instances/"+h.service.GUID+"/v2/assistants/"+h.crowd.Talk(i*(h.crowd.Size/asked), false).Assistant+
			"/logs?version=2020-04-01&filter=customer_id%3A%3A"+h.crowd.Customer(n), `"customer_id":"`+h.crowd.Customer(n)+`"`, h.key)
	})
	dbtest.Figure{What: "/logs?filter=customer_id::X at " + dbtest.Short(size) + ", up to 100 entries", Value: times.Show(), Budget: "p99 ≤ 15 ms", Met: times.At(.99) <= 15*time.Millisecond}.Print()
}

// masking measures what the detectors cost a page.
func (h *bench) masking(page time.Duration) {
	texts := make([]string, 50)
	times := dbtest.Measure(200, func(i int) {
		if i == 0 {
			for n := range texts {
				texts[n] = h.crowd.Talk(n, false).Text
			}
		}
		for _, t := range texts {
			mask.Preview(t, 160)
		}
	})
	dbtest.Figure{What: "  masking of 50 previews", Value: times.Show(), Ratio: fmt.Sprintf("%.2f", float64(times.At(.5))/float64(page)), Budget: "(of the page's p50)", Open: true}.Print()
}

// rendering measures pages a second without the store, against a constant body of the same length.
func (h *bench) rendering() {
	records := make([]db.Record, 50)
	for i := range records {
		t := h.crowd.Talk(i, false)
		records[i] = db.Record{Seq: int64(i + 1), Time: t.Time, Text: t.Text}
	}
	frame := views.Frame{SignedIn: true, Name: "Bench", Roles: "Compliance officer"}
	render := func(w io.Writer) {
		if err := rowsPage("cust-1", records).Render(views.WithFrame(context.Background(), frame), w); err != nil {
			h.Error(err)
		}
	}
	var constant bytes.Buffer
	render(&constant)
	made := h.serving(func(w http.ResponseWriter) { var out bytes.Buffer; render(&out); w.Write(out.Bytes()) })
	same := h.serving(func(w http.ResponseWriter) { w.Write(constant.Bytes()) })
	dbtest.Figure{What: fmt.Sprintf("page rendering, 50 rows, %d kB, 16 connections", constant.Len()/1000), Value: fmt.Sprintf("%.0f pages/s", made), Bare: fmt.Sprintf("%.0f/s constant body", same),
		Ratio: fmt.Sprintf("%.2f", made/same), Budget: "(bare templ had 0.38)", Open: true}.Print()
}

func (h *bench) serving(answer func(http.ResponseWriter)) float64 {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answer(w) }))
	defer server.Close()
	n, took := h.drive(server.Listener.Addr().String(), 16, 3*time.Second, func(int) []byte { return []byte("GET / HTTP/1.1\r\nHost: q\r\n\r\n") })
	return dbtest.Rate(n, took)
}

// messages measures 64 applications that each send a labelled message and wait for the answer, which comes after the commit.
func (h *bench) messages(size int) {
	bare := h.bareInsert()
	n, took := h.drive(h.server.Listener.Addr().String(), 64, 12*time.Second, h.message)
	rate := dbtest.Rate(n, took)
	dbtest.Figure{What: "POST message at " + dbtest.Short(size) + ", 64 connections, FULL", Value: fmt.Sprintf("%.0f messages/s", rate), Bare: fmt.Sprintf("%.0f rows/s", bare),
		Ratio: fmt.Sprintf("%.2f", rate/bare), Budget: "≥ 5000/s, ≥ 0.25 of batched insert", Met: rate >= 5000 && rate/bare >= .25}.Print()
}

// bareInsert is how many rows a second the bare schema takes in batches of 500.
func (h *bench) bareInsert() float64 {
	const rows, batch = 20_000, 500
	var took time.Duration
	for n := 0; n < rows; n += batch {
		talks := make([]dbtest.Talk, batch)
		for i := range talks {
			talks[i] = h.bare.Pack(h.crowd.Talk(n+i, false))
		}
		began := time.Now()
		if err := h.bare.Insert(context.Background(), talks, false); err != nil {
			h.Fatal(err)
		}
		took += time.Since(began)
	}
	return dbtest.Rate(rows, took)
}

// message is the i-th request as it goes over the wire.
func (h *bench) message(i int) []byte {
	t := h.crowd.Talk(i%h.crowd.Size, false)
	body := `{"input":{"message_type":"text","text":"` + t.Text + `"},"context":{"global":{"session_id":"` + t.Session + `","system":{"user_id":"u-4711","timezone":"Europe/Berlin"}},` +
		`"skills":{"main skill":{"user_defined":{"channel":"web","tier":"gold"}}}}}`
	return fmt.Appendf(nil, "POST /instances/%s/v2/assistants/%s/message?version=2020-04-01 HTTP/1.1\r\nHost: q\r\nContent-Type: application/json\r\nAuthorization: Basic %s\r\n"+
		"X-Watson-Metadata: customer_id=%s\r\nContent-Length: %d\r\n\r\n%s",
		h.service.GUID, t.Assistant, base64.StdEncoding.EncodeToString([]byte("apikey:"+h.key)), t.Customers[0], len(body), body)
}

// drive sends requests over many connections, each waiting for its answer, for a while. It is a client of its own, because net/http's
// would take more of the machine than the server that it measures.
func (h *bench) drive(address string, connections int, long time.Duration, request func(i int) []byte) (int64, time.Duration) {
	var sent atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for range connections {
		all.Go(func() {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				h.Error(err)
				return
			}
			defer conn.Close()
			for in := bufio.NewReaderSize(conn, 64<<10); time.Since(began) < long; {
				_, err := conn.Write(request(int(sent.Add(1))))
				if err := errors.Join(err, skipAnswer(in)); err != nil {
					h.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	return sent.Load(), time.Since(began)
}

func skipAnswer(in *bufio.Reader) error {
	res, err := http.ReadResponse(in, nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(res.Body)
		return fmt.Errorf("%d %s", res.StatusCode, body)
	}
	_, err = io.Copy(io.Discard, res.Body)
	return err
}
