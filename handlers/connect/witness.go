package connect

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"quittance/db"
	"quittance/db/audit"
)

// Witness is a witness of the audit trail and where it takes heads (https://c2sp.org/tlog-witness).
type Witness struct {
	URL    string // the submission prefix
	Key    *audit.Witness
	Client *http.Client
}

// NewWitness describes a witness; inside as for a service.
func NewWitness(prefix, vkey string, inside bool) (*Witness, error) {
	if err := CheckURL(prefix, inside); err != nil {
		return nil, err
	}
	key, err := audit.ParseWitness(vkey)
	if err != nil {
		return nil, err
	}
	return &Witness{strings.TrimRight(prefix, "/"), key, NewClient(Options{Inside: inside})}, nil
}

// Refused is why a witness cosigned nothing: Code is one of db.Witness….
type Refused struct {
	Code string
	Size int64 // that it has cosigned, where it says so; -1
	err  error
}

// Error implements error. It repeats nothing of the answer.
func (r *Refused) Error() string { return witnessWords[r.Code] }

// Unwrap gives what lies beneath.
func (r *Refused) Unwrap() error { return r.err }

var witnessWords = map[string]string{
	db.WitnessUnreachable:  "the witness does not answer, or not as a witness does",
	db.WitnessUnknown:      "the witness does not know this log or its key: whoever runs it has to add them",
	db.WitnessAhead:        "the witness has cosigned more entries than there are: the data directory was set back",
	db.WitnessInconsistent: "what the witness has cosigned is not how this audit trail began: it was set back and went on, or was altered",
	db.WitnessAnswer:       "the answer of the witness holds no valid cosignature of the key that was named",
}

// errSize is the answer of a witness that remembers another size than we do.
var errSize = errors.New("the witness remembers another size")

// Cosign has the newest head of the trail cosigned, and keeps the cosignature, or why there is none.
func (w *Witness) Cosign(ctx context.Context, store *db.Store) (c audit.Cosignature, err error) {
	known, err := store.Witnesses(ctx)
	if err != nil {
		return c, err
	}
	old := int64(0)
	for _, k := range known {
		if k.Name == w.Key.Name() {
			old = k.Size
		}
	}
	msg, c, err := w.ask(ctx, store, old)
	if refused, ok := errors.AsType[*Refused](err); ok {
		return c, errors.Join(err, store.WitnessFailed(ctx, w.Key.Name(), refused.Code))
	}
	if err != nil {
		return c, err
	}
	return c, store.KeepCosignature(ctx, msg, c)
}

// ask sends the head, and once more from the size that the witness names: it may know more of us than we do of it.
func (w *Witness) ask(ctx context.Context, store *db.Store, old int64) (msg []byte, c audit.Cosignature, err error) {
	msg, c, theirs, err := w.send(ctx, store, old)
	if errors.Is(err, errSize) && theirs != old {
		msg, c, _, err = w.send(ctx, store, theirs)
	}
	switch {
	case errors.Is(err, db.ErrAhead):
		err = &Refused{Code: db.WitnessAhead, Size: theirs, err: err}
	case errors.Is(err, errSize): // the same size, and another root (tlog-witness, "add-checkpoint")
		err = &Refused{Code: db.WitnessInconsistent, Size: theirs, err: err}
	}
	return msg, c, err
}

// send is one exchange. theirs is the size that the witness has cosigned, where it says so.
func (w *Witness) send(ctx context.Context, store *db.Store, old int64) (msg []byte, c audit.Cosignature, theirs int64, err error) {
	body, checkpoint, _, err := store.ForWitness(ctx, old)
	if err != nil {
		return nil, c, old, err
	}
	status, kind, answer, err := w.post(ctx, body)
	if err != nil {
		return nil, c, old, &Refused{Code: db.WitnessUnreachable, Size: -1, err: err}
	}
	switch status {
	case http.StatusOK:
		if msg, c, err = audit.Cosigned(checkpoint, answer, w.Key); err != nil {
			err = &Refused{Code: db.WitnessAnswer, Size: -1, err: err}
		}
		return msg, c, old, err
	case http.StatusConflict:
		theirs, err = sizeOf(kind, answer, old)
		return nil, c, theirs, err
	case http.StatusForbidden, http.StatusNotFound:
		return nil, c, old, &Refused{Code: db.WitnessUnknown, Size: -1}
	case http.StatusUnprocessableEntity:
		return nil, c, old, &Refused{Code: db.WitnessInconsistent, Size: old}
	}
	return nil, c, old, &Refused{Code: db.WitnessUnreachable, Size: -1}
}

func (w *Witness) post(ctx context.Context, body []byte) (status int, kind string, answer []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL+"/add-checkpoint", bytes.NewReader(body))
	if err != nil {
		return 0, "", nil, err
	}
	req.Header.Set("Content-Type", "text/plain; charset=utf-8")
	res, err := w.Client.Do(req)
	if err != nil {
		return 0, "", nil, err
	}
	defer res.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(res.Body, 16<<10))
	return res.StatusCode, res.Header.Get("Content-Type"), answer, err
}

// sizeOf reads the answer 409. One without a size says that the roots of one size differ.
func sizeOf(kind string, answer []byte, old int64) (int64, error) {
	if kind != "text/x.tlog.size" {
		return old, errSize
	}
	digits := strings.TrimSuffix(string(answer), "\n")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != digits {
		return old, &Refused{Code: db.WitnessUnreachable, Size: -1, err: fmt.Errorf("reading the size: %w", errSize)}
	}
	return n, errSize
}

// The pace at which witnesses are asked: when something was written, and now and then all the same, so that a quiet trail is known to be one.
const (
	witnessLook  = 5 * time.Minute
	witnessEvery = time.Hour
	witnessQuiet = 12 * time.Hour
)

// Witnesses has the trail cosigned until ctx ends.
func Witnesses(ctx context.Context, store *db.Store, list []*Witness, log *slog.Logger) {
	if len(list) == 0 {
		return
	}
	tick := time.NewTicker(witnessLook)
	defer tick.Stop()
	tried := map[string]time.Time{}
	for {
		for _, w := range list {
			name := w.Key.Name()
			due, err := witnessDue(ctx, store, name, tried[name])
			if due && err == nil {
				tried[name] = store.Now()
				_, err = w.Cosign(ctx, store)
			}
			if err != nil && ctx.Err() == nil {
				log.Error("a witness has not cosigned the audit trail", "witness", name, "err", err)
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// witnessDue tells whether it is time to ask a witness again.
func witnessDue(ctx context.Context, store *db.Store, name string, tried time.Time) (bool, error) {
	all, err := store.Witnesses(ctx)
	if err != nil {
		return false, err
	}
	size, _, err := store.Head(ctx)
	for _, w := range all {
		if w.Name == name {
			since := store.Now().Sub(tried)
			return since >= witnessEvery && (w.Size != size || w.Code != "") || since >= witnessQuiet, err
		}
	}
	return false, err
}
