package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/label"
	"quittance/handlers/watson"
)

// drillTold is what a drill found, for machines.
type drillTold struct {
	Drill   int64           `json:"drill"`
	Outcome db.DrillOutcome `json:"outcome"`
	Bytes   int64           `json:"bytes"`
	Slack   int64           `json:"slack"`
	Paths   []drillWay      `json:"paths"`
}

// drillWay is one way of looking.
type drillWay struct {
	Path    string `json:"path"`
	Planted int64  `json:"planted"`
	Before  int64  `json:"before"`
	After   int64  `json:"after"`
}

// outcomeWords says how a drill came out.
var outcomeWords = map[db.DrillOutcome]string{
	db.DrillRunning: "it is running",
	db.DrillPassed:  "passed",
	db.DrillFailed:  "failed: something is left, or was not erased",
	db.DrillBlind:   "could not look: what was sent in could not be found before its erasure",
	db.DrillBroken:  "cut off",
}

func drillCommand(fs *flag.FlagSet) action {
	asJSON := fs.Bool("json", false, "print JSON")
	return func(ctx context.Context, c *call) error {
		if err := c.none(); err != nil {
			return err
		}
		d, err := c.drill(ctx, audit.Operator)
		if err != nil {
			return err
		}
		out := drillTold{Drill: d.Number, Outcome: d.Outcome, Bytes: d.Bytes, Slack: d.Slack}
		for _, p := range d.Paths {
			out.Paths = append(out.Paths, drillWay{p.Path, p.Planted, p.Before, p.After})
		}
		if err := c.print(*asJSON, out, out.words); err != nil {
			return err
		}
		if d.Outcome != db.DrillPassed {
			return errors.New(outcomeWords[d.Outcome])
		}
		return nil
	}
}

func (d drillTold) words(w io.Writer) {
	for _, p := range d.Paths {
		fmt.Fprintf(w, "%-10s sent in %3d, found before %3d, left %d\n", p.Path, p.Planted, p.Before, p.After)
	}
	fmt.Fprintf(w, "Drill %d: %s. %d bytes looked at, %d that no live row owns are not zero.\n", d.Drill, outcomeWords[d.Outcome], d.Bytes, d.Slack)
}

// drills sees to it that two never run at once, and that none outlives its store.
type drills struct {
	turn sync.Mutex
	room sync.WaitGroup
}

// drill runs one drill to its end.
func (c *call) drill(ctx context.Context, by audit.Actor) (db.Drill, error) {
	if !c.house.drills.turn.TryLock() {
		return db.Drill{}, db.ErrDrillRuns
	}
	defer c.house.drills.turn.Unlock()
	d, err := c.store.StartDrill(ctx, by)
	if err != nil {
		return d, err
	}
	return d, c.runDrill(ctx, &d)
}

// startDrill begins one that goes on while whoever asked looks at its page.
func (c *call) startDrill(ctx context.Context, failed func(error)) func(by audit.Actor) (int64, error) {
	return func(by audit.Actor) (int64, error) {
		if !c.house.drills.turn.TryLock() {
			return 0, db.ErrDrillRuns
		}
		d, err := c.store.StartDrill(ctx, by)
		if err != nil {
			c.house.drills.turn.Unlock()
			return 0, err
		}
		c.house.drills.room.Go(func() {
			defer c.house.drills.turn.Unlock()
			if err := c.runDrill(ctx, &d); err != nil {
				failed(err)
			}
		})
		return d.Number, nil
	}
}

// runDrill sends in, looks, erases, looks again. What an earlier drill has left is erased first.
func (c *call) runDrill(ctx context.Context, d *db.Drill) error {
	err := c.rehearse(ctx, d)
	if err != nil && ctx.Err() == nil {
		d.Outcome = db.DrillFailed
		err = fmt.Errorf("drill %d: %w", d.Number, err)
	}
	if ctx.Err() != nil {
		return err // the next drill finds this one broken off
	}
	return errors.Join(err, c.store.EndDrill(ctx, d))
}

func (c *call) rehearse(ctx context.Context, d *db.Drill) error {
	p, err := c.newPlay(ctx)
	if err != nil {
		return err
	}
	if err := p.clear(ctx); err != nil {
		return fmt.Errorf("clearing away what an earlier drill left: %w", err)
	}
	if err := p.send(ctx); err != nil {
		return fmt.Errorf("sending in: %w", err)
	}
	before, _, err := p.look(ctx)
	if err != nil {
		return fmt.Errorf("looking before the erasure: %w", err)
	}
	erasing := p.erase(ctx)
	after, files, err := p.look(ctx)
	if err = errors.Join(erasing, err); err != nil {
		return err
	}
	d.Bytes, d.Slack, d.Malformed, d.Batch = files.Bytes, files.Slack, files.Malformed, p.batch
	for _, path := range db.DrillPaths {
		d.Paths = append(d.Paths, db.DrillPath{Path: path, Planted: p.planted(path), Before: min(before[path], p.planted(path)), After: after[path]})
	}
	d.Judge()
	return nil
}

// play is one drill: its services, its customer, and what is to be found of them.
type play struct {
	*call
	services map[label.Kind]db.Service
	door     http.Handler
	ids      [2]string // the customer's, and another one beside it
	word     string    // of a document
	canaries []string  // all that was made up, the IDs among it
	records  int64
	seen     []sight
	batch    int64
}

// sight is one thing that a door shows.
type sight struct {
	path, method, url string
	kind              label.Kind
	body              string
	want              string
}

// newPlay opens a door of its own to the API: it lets in the drill, for the drill's services, and nobody else can reach it.
func (c *call) newPlay(ctx context.Context) (*play, error) {
	services, err := c.store.DrillServices(ctx)
	if err != nil {
		return nil, err
	}
	p := &play{call: c, services: services}
	p.ids = [2]string{p.canary(), p.canary()}
	p.door = watson.New(c.store, watson.Options{Authenticate: func(r *http.Request) (watson.Caller, error) {
		for _, v := range services {
			if strings.HasPrefix(r.URL.Path, watson.Prefix+v.GUID+"/") {
				return watson.Caller{Service: v.Number, Scopes: db.Scopes()}, nil
			}
		}
		return watson.Caller{}, watson.ErrUnauthorized
	}})
	return p, nil
}

// erase asks for the deletion at each service by the API, and waits for the batch.
func (p *play) erase(ctx context.Context) error {
	paths := map[label.Kind]string{label.Assistant: "/v2/user_data?version=2021-06-14&", label.Discovery: "/v2/user_data?version=2020-08-30&",
		label.VisualRecognition: "/v4/user_data?version=2019-02-11&", label.SpeechToText: "/v1/user_data?", label.TextToSpeech: "/v1/user_data?"}
	for kind, path := range paths {
		if _, err := p.succeed(ctx, kind, http.MethodDelete, path+"customer_id="+p.ids[0], "", "", nil); err != nil {
			return fmt.Errorf("asking for the deletion: %w", err)
		}
	}
	return p.carryOut(ctx)
}

// carryOut runs batches until the drill's requests have ended. The batch loop may be faster; then there is nothing to do here but to wait for it.
func (p *play) carryOut(ctx context.Context) error {
	for range 5 {
		if _, err := p.house.runner.Run(ctx, false); err != nil {
			return err
		}
		open, batch, err := p.store.DrillOpen(ctx)
		if p.batch = batch; err != nil || open == 0 {
			return err
		}
	}
	return errors.New("the batch has not carried out the drill's requests")
}

// look looks on every way, and tells what was found on each.
func (p *play) look(ctx context.Context) (map[string]int64, residueFound, error) {
	out, err := p.store.DrillTables(ctx, p.ids, p.word)
	if err != nil {
		return nil, residueFound{}, err
	}
	if out["search"], err = p.search(ctx); err != nil {
		return nil, residueFound{}, err
	}
	for _, s := range p.seen {
		there, err := p.shows(ctx, s)
		if err != nil {
			return nil, residueFound{}, err
		}
		if there {
			out[s.path]++
		}
	}
	files, err := p.files(ctx)
	out["files"] = int64(len(files.Lines))
	return out, files, err
}

// search asks as the console does: by the ID, by what is held under it, by its list of records.
func (p *play) search(ctx context.Context) (n int64, err error) {
	for _, raw := range p.ids {
		id, err := label.Parse(label.Assistant, raw)
		if err != nil {
			return 0, err
		}
		if _, ok, err := p.store.SubjectOf(ctx, id); err != nil {
			return 0, err
		} else if ok {
			n++
		}
		held, err := p.store.Holdings(ctx, db.RecordQuery{Subject: raw, Person: true})
		if err != nil {
			return 0, err
		}
		listed, _, err := p.store.Records(ctx, db.RecordQuery{Subject: raw, Limit: 1})
		if err != nil {
			return 0, err
		}
		n += int64(min(len(held), 1) + len(listed))
	}
	return n, nil
}

// planted is how much is to be found on a way.
func (p *play) planted(path string) (n int64) {
	switch path {
	case "records", "labels":
		return p.records
	case "beside", "customers":
		return 2
	case "fields", "words", "chats":
		return 1
	case "search":
		return 6
	case "files":
		return int64(len(p.canaries))
	}
	for _, s := range p.seen {
		if s.path == path {
			n++
		}
	}
	return n
}

// files looks into the files, in a process of its own: opening the database file in this one would take SQLite's locks away (erase-and-prove.md,
// fact 6). What to look for goes by a pipe: nobody sees it in a list of processes. It is as low in rank as can be.
func (p *play) files(ctx context.Context) (out residueFound, err error) {
	self, err := os.Executable()
	if err != nil {
		return out, fmt.Errorf("finding this program: %w", err)
	}
	cmd := exec.CommandContext(ctx, self, "residue", "-json", "-customer-id-file", "-", "-data", p.dir)
	var found, said bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = strings.NewReader(strings.Join(p.canaries, "\n")+"\n"), &found, &said, 5*time.Second
	if err := cmd.Start(); err != nil {
		return out, fmt.Errorf("looking into the files: %w", err)
	}
	syscall.Setpriority(syscall.PRIO_PROCESS, cmd.Process.Pid, 19) // where that is not allowed it works all the same
	ended := cmd.Wait()
	if err := json.Unmarshal(found.Bytes(), &out); err != nil {
		return out, fmt.Errorf("looking into the files: %w", errors.Join(ended, errors.New(oneLine(said.String()))))
	}
	return out, nil
}
