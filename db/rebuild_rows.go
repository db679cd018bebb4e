package db

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"

	"quittance/db/audit"
	"quittance/db/erasure"
)

// requestRow is a request as it stands in the tables, read without any key: nothing of it names the person.
type requestRow struct {
	number                             int64
	state                              erasure.State
	origin, ground, proposer, approver string
	cutoff, found, remaining           int64
	manifest, hash                     string
	service, batch, deadline, ended    sql.NullInt64
	proposed                           int64
	approved, started                  sql.NullInt64
	parts                              []Part
	receipts                           []receiptRow
}

type receiptRow struct {
	amendment, entry int64
	data             []byte
}

// erasures compares a page of requests.
func (r *rebuild) erasures(numbers []int64) error {
	says := map[int64]*told{}
	for _, n := range numbers {
		says[n] = newTold()
	}
	if err := r.entries(audit.KindErasure, numbers, func(n int64, e audit.Entry) { says[n].see(e) }); err != nil {
		return err
	}
	rows, err := r.requestRows(numbers)
	if err != nil {
		return err
	}
	batches, err := r.batchesOf(rows)
	if err != nil {
		return err
	}
	for _, row := range rows {
		r.out.Requests++
		r.request(row, says[row.number], batches)
	}
	return nil
}

func (r *rebuild) requestRows(numbers []int64) ([]*requestRow, error) {
	list, err := json.Marshal(numbers)
	if err != nil {
		return nil, err
	}
	var out []*requestRow
	by := map[int64]*requestRow{}
	rows, err := r.tx.QueryContext(r.ctx, `SELECT number, state, origin, ground, proposer, coalesce(approver, ''), cutoff, found, remaining, manifest, manifest_hash, service, batch, deadline, ended,
		proposed, approved, started FROM erasure WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number`, string(list))
	err = each(rows, err, func() error {
		v := new(requestRow)
		err := rows.Scan(&v.number, &v.state, &v.origin, &v.ground, &v.proposer, &v.approver, &v.cutoff, &v.found, &v.remaining, &v.manifest, &v.hash, &v.service, &v.batch, &v.deadline, &v.ended,
			&v.proposed, &v.approved, &v.started)
		out, by[v.number] = append(out, v), v
		return err
	})
	if err == nil {
		err = r.partRows(string(list), by)
	}
	if err == nil {
		err = r.receiptRows(string(list), by)
	}
	return out, err
}

func (r *rebuild) partRows(list string, by map[int64]*requestRow) error {
	rows, err := r.tx.QueryContext(r.ctx, `SELECT p.erasure, p.service, p.state, coalesce(p.excluded, ''), p.found, p.erased, p.remaining, p.held, p.repeats, coalesce(p.code, ''), v.hosting = 'linked'
		FROM part p JOIN service v ON v.number = p.service WHERE p.erasure IN (SELECT value FROM json_each(?)) ORDER BY p.erasure, p.service`, list)
	return each(rows, err, func() error {
		var number int64
		var p Part
		err := rows.Scan(&number, &p.Service, &p.State, &p.Excluded, &p.Found, &p.Erased, &p.Remaining, &p.Held, &p.Repeats, &p.Code, &p.Linked)
		if v := by[number]; v != nil {
			v.parts = append(v.parts, p)
		}
		return err
	})
}

func (r *rebuild) receiptRows(list string, by map[int64]*requestRow) error {
	rows, err := r.tx.QueryContext(r.ctx, "SELECT erasure, amendment, entry, data FROM receipt WHERE erasure IN (SELECT value FROM json_each(?)) ORDER BY erasure, amendment", list)
	return each(rows, err, func() error {
		var number int64
		var v receiptRow
		err := rows.Scan(&number, &v.amendment, &v.entry, &v.data)
		if row := by[number]; row != nil {
			row.receipts = append(row.receipts, v)
		}
		return err
	})
}

// batchesOf reads what the trail says of the batches that some requests name.
func (r *rebuild) batchesOf(rows []*requestRow) (map[int64]*toldBatch, error) {
	out := map[int64]*toldBatch{}
	for _, v := range rows {
		if v.batch.Valid {
			out[v.batch.Int64] = newToldBatch()
		}
	}
	return out, r.entries(audit.KindBatch, slices.Sorted(maps.Keys(out)), func(n int64, e audit.Entry) { out[n].see(e) })
}

// request compares one.
func (r *rebuild) request(row *requestRow, v *told, batches map[int64]*toldBatch) {
	object := audit.ObjectOf(audit.KindErasure, row.number)
	if !v.known {
		r.differ(object, "The table has it, and the trail tells of no such request.")
		return
	}
	if may := v.may(row, batches[row.batch.Int64]); !slices.Contains(may, row.state) {
		r.differ(object, "The table says that it is %s, and the trail that it is %s.", row.state, may[0])
		return // all else follows from this
	}
	for _, c := range []struct {
		bad   bool
		words string
	}{
		{row.cutoff != v.cutoff, "Its cut-off was changed."},
		{v.origin != "" && row.origin != v.origin, "Where it came from was changed."},
		{row.proposer != string(v.proposer) || row.approver != string(v.approver), "Who proposed or approved it was changed."},
		{!v.ledger && (row.hash != v.manifest || hashOf(row.manifest) != v.manifest), "Its manifest was changed."},
		{row.found != v.found || row.remaining != v.remains, "The count of records that it found or that remain was changed."},
		{row.deadline.Valid == v.latest.IsZero() || row.deadline.Valid && row.deadline.Int64 > ms(v.latest), "The end of its 24 hours was changed."},
		{row.ended.Valid != v.state.Ended() || row.ended.Valid && row.ended.Int64 > ms(v.ended), "The time of its end was changed."},
		{!r.batchFits(row, v, batches[row.batch.Int64]), "The batch that took it was changed."},
	} {
		if c.bad {
			r.differ(object, "%s", c.words)
		}
	}
	r.receiptsOf(object, row, v)
	r.partsOf(object, row, v)
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// may is in which states the table may have a request: that of its own last entry, unless a batch has taken it on since. A batch writes one entry
// for all of its requests when it opens, and one when it has removed all.
func (v *told) may(row *requestRow, b *toldBatch) []erasure.State {
	taken := v.state == erasure.Running
	if (v.state == erasure.Scheduled || v.state == erasure.Partial) && b != nil && b.opened > v.at {
		taken = true
	}
	switch {
	case !taken:
		return []erasure.State{v.state}
	case b != nil && b.swept > max(v.at, b.opened):
		return []erasure.State{erasure.Verifying}
	}
	return []erasure.State{erasure.Running}
}

// batchFits tells whether the batch of a request is one that can have taken it.
func (r *rebuild) batchFits(row *requestRow, v *told, b *toldBatch) bool {
	switch {
	case !row.batch.Valid:
		return v.started < 0 && row.state != erasure.Running && row.state != erasure.Verifying || v.state == erasure.Done && r.restoredBetween(v.started, v.at)
	case b == nil || b.opened < 0 || v.state == erasure.Proposed || v.state == erasure.Refused:
		return false
	case v.started >= 0: // by that batch, or by a later one that could not read it
		return b.opened < v.started && (b.ended < 0 || b.ended > v.started) || b.opened > v.started
	}
	return true
}

// receiptsOf holds receipts against the entries that commit to them.
func (r *rebuild) receiptsOf(object audit.Object, row *requestRow, v *told) {
	if len(row.receipts) != len(v.receipts) {
		r.differ(object, "The trail tells of %d of its receipts, and the table has %d.", len(v.receipts), len(row.receipts))
		return
	}
	for i, got := range row.receipts {
		if want := v.receipts[i]; got.amendment != int64(i) || got.entry != want.entry || audit.Commitment(got.data) != want.hash {
			r.differ(object, "Its receipt %d was changed.", i+1)
		}
	}
}

// partsOf compares the parts: with the last receipt once the request is done, which the trail commits to; before, with what the entries say.
func (r *rebuild) partsOf(object audit.Object, row *requestRow, v *told) {
	r.services(object, row, v)
	if n := len(v.receipts); v.state == erasure.Done && n > 0 {
		var last erasure.Receipt
		if err := json.Unmarshal(row.lastReceipt(), &last); err == nil {
			r.received(object, row, last, v.receipts[n-1].entry == v.at)
		}
		return
	}
	for _, p := range row.parts {
		may := r.hostedMay(v, p)
		if p.Linked {
			may = r.linkedMay(v, p.Service)
		}
		if p.Excluded != "" {
			may = []erasure.PartState{erasure.Waiting}
		}
		if !slices.Contains(may, p.State) {
			r.differ(object, "Its part at service %d is %s in the table, and %s by the trail.", p.Service, p.State, may[0])
		}
	}
	r.sums(object, row, v)
}

func (row *requestRow) lastReceipt() []byte {
	if len(row.receipts) == 0 {
		return nil
	}
	return row.receipts[len(row.receipts)-1].data
}

// planned is a part as the manifest has it.
type planned struct {
	why   string
	found int64
}

func (row *requestRow) planned(v *told, m erasure.Manifest) map[int64]planned {
	out := map[int64]planned{}
	for _, service := range m.Calls {
		out[service] = planned{}
	}
	if row.service.Valid && v.origin == "api" {
		out[row.service.Int64] = planned{"", m.Records()}
		return out
	}
	for _, l := range m.Go {
		out[l.Service] = planned{"", out[l.Service].found + l.Records}
	}
	for _, st := range m.Stay {
		out[st.Service] = planned{st.Why, st.Records}
	}
	return out
}

// services holds the list of parts against the manifest, which the trail commits to; and their counts, where nothing was counted since.
func (r *rebuild) services(object audit.Object, row *requestRow, v *told) {
	var m erasure.Manifest
	if v.ledger || json.Unmarshal([]byte(row.manifest), &m) != nil {
		return
	}
	want, counts := row.planned(v, m), true
	for _, p := range row.parts {
		w, ok := want[p.Service]
		delete(want, p.Service)
		if !ok || w.why != p.Excluded {
			r.differ(object, "A part was added, taken away or left out.")
			return
		}
		if untouched := p.Excluded != "" || p.Linked || v.begun < 0 && v.verified.at < 0; untouched && !v.replayed(r) {
			counts = counts && p.Found == w.found && p.Remaining == 0 && p.Held == 0 && p.Erased == 0
		}
	}
	if len(want) > 0 {
		r.differ(object, "A part was added, taken away or left out.")
	}
	if !counts {
		r.differ(object, "The counts of its parts were changed.")
	}
}

// replayed tells whether a restore has brought the request to its end, from its counts in the ledger.
func (v *told) replayed(r *rebuild) bool {
	return v.again || v.state == erasure.Done && r.restoredBetween(v.born, v.at)
}

// hostedMay is where a part here may stand: it waits until it is verified, and then its counts tell.
func (r *rebuild) hostedMay(v *told, p Part) []erasure.PartState {
	switch {
	case v.verified.at < 0:
		return []erasure.PartState{erasure.Waiting}
	case v.verified.since: // counted anew, and not verified again yet
		return []erasure.PartState{erasure.Failed, erasure.Confirmed, erasure.Held, erasure.Waiting}
	case p.Remaining == 0:
		return []erasure.PartState{erasure.Confirmed}
	case p.Remaining > p.Held:
		return []erasure.PartState{erasure.Failed}
	case r.holdsEnd > v.verified.at:
		return []erasure.PartState{erasure.Held, erasure.Waiting}
	}
	return []erasure.PartState{erasure.Held}
}

// sums holds the counts of parts here against those of the whole request, and against its last receipt: what was found stays so.
func (r *rebuild) sums(object audit.Object, row *requestRow, v *told) {
	var found, remains, holds int64
	var last erasure.Receipt
	bad := json.Unmarshal(row.lastReceipt(), &last) == nil && !foundSame(last, row.parts)
	for _, p := range row.parts {
		if p.Excluded == "" && !p.Linked {
			found, remains, holds = found+p.Found, remains+p.Remaining, holds+p.Held
			bad = bad || v.verified.at >= 0 && !v.verified.since && p.Erased != p.Found-p.Remaining
		}
	}
	bad = bad || v.begun >= 0 && found != v.begun
	switch {
	case v.verified.left >= 0:
		bad = bad || remains != v.verified.left
	case v.verified.at >= 0:
		bad = bad || found != v.verified.records || remains-holds != v.verified.remains || holds != v.verified.holds
	default:
		bad = bad || remains != 0 || holds != 0
	}
	if bad && !v.again {
		r.differ(object, "The counts of its parts were changed.")
	}
}

// foundSame tells whether a receipt and the parts agree on what was found at first.
func foundSame(last erasure.Receipt, parts []Part) bool {
	on := map[int64]int64{}
	for _, p := range last.Parts {
		on[p.Service] = p.Before
	}
	for _, p := range parts {
		if p.Excluded == "" && on[p.Service] != p.Found {
			return false
		}
	}
	return true
}

// received holds the rows of a request that is done against its last receipt. own: the receipt is that of the end, and bears its times.
func (r *rebuild) received(object audit.Object, row *requestRow, last erasure.Receipt, own bool) {
	if row.ground != last.Ground || row.origin != last.Origin || row.proposed != ms(last.Proposed) || own && (row.approved.Int64 != maybeMS(last.Approved) || row.deadline.Int64 != maybeMS(last.Deadline)) {
		r.differ(object, "Its ground, its origin or one of its times is not what its receipt says.")
	}
	on := map[int64]erasure.ReceiptPart{}
	for _, p := range last.Parts {
		on[p.Service] = p
	}
	for _, p := range row.parts {
		if p.Excluded != "" {
			continue
		}
		q, ok := on[p.Service]
		delete(on, p.Service)
		if !ok || p.State != q.State || p.Found != q.Before || p.Remaining != q.After || p.Held != q.Held || p.Repeats != q.Repeats || p.Code != q.Code {
			r.differ(object, "Its part at service %d is not what its receipt says.", p.Service)
		}
	}
	if len(on) > 0 {
		r.differ(object, "A part that stands on its receipt is missing.")
	}
}
