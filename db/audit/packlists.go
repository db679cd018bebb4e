package audit

import (
	"bytes"
	"maps"
	"slices"
)

// checkRequests holds the list of requests against the trail: each that was filed stands there once, as it ended.
func (p *pack) checkRequests() {
	all, ok := rows[PackRequest](p, PackRequestsJSON)
	if !ok {
		return
	}
	p.requests, p.report.Requests = all, int64(len(all))
	var table bytes.Buffer
	if raw, err := p.read(PackRequestsCSV, maxRows); err != nil || RequestsCSV(&table, all) != nil || !bytes.Equal(table.Bytes(), raw) {
		p.find("%s does not say what %s says.", PackRequestsCSV, PackRequestsJSON)
	}
	if p.log.scope.Sample > 0 && (p.log.samples[p.log.scope.Sample] == nil || p.log.samples[p.log.scope.Sample].reveal == "") {
		p.find("The pack is of sample %d, which the trail in it has not drawn.", p.log.scope.Sample)
	}
	missing, before := maps.Clone(p.log.wanted), int64(0)
	for _, r := range all {
		switch {
		case r.Number <= before:
			p.find("Request %d is out of order, or there twice.", r.Number)
		case !p.log.wanted[r.Number]:
			p.find("Request %d is in the list, and in no entry that the pack is about.", r.Number)
		default:
			p.checkRequest(r)
		}
		before = r.Number
		delete(missing, r.Number)
	}
	for _, n := range slices.Sorted(maps.Keys(missing)) {
		p.find("Request %d is in the trail and missing in the list.", n)
	}
}

// endStates are those that the trail alone decides.
var endStates = map[string]Event{"done": ErasureDone, "refused": ErasureRefused, "withdrawn": ErasureWithdrawn, "partial": ErasurePartial}

func (p *pack) checkRequest(r PackRequest) {
	filed := p.log.filed[r.Number]
	if r.Entry != filed.entry || r.Filed != Stamp(filed.time) || r.Proposer != string(filed.by) {
		p.find("Request %d was filed otherwise than the list says: see entry %d.", r.Number, filed.entry)
	}
	if by, approved := p.log.approver[r.Number]; approved && r.Approver != string(by) {
		p.find("Request %d was approved by somebody else than the list says.", r.Number)
	}
	last, ended := p.log.last[r.Number]
	listed, says := endStates[r.State]
	unknown := ended && last == "" // a restore ended it, by the ledger
	if !unknown && says && listed != last || !unknown && !says && ended && last != ErasurePartial {
		p.find("Request %d is in another state than the trail says.", r.Number)
	}
	if !unknown && ended && last != ErasurePartial && r.Ended != Stamp(p.log.ended[r.Number]) {
		p.find("Request %d ended at another time than the list says.", r.Number)
	}
	if receipts := p.log.proven[r.Number]; receipts != r.Receipts {
		p.find("Request %d has %d receipts by the trail, and %d by the list.", r.Number, receipts, r.Receipts)
	}
}

// checkLists holds what explains the requests against the trail.
func (p *pack) checkLists() {
	if got, ok := rows[PackEntry](p, PackPolicies); ok && !slices.EqualFunc(got, p.log.policies, func(a, b PackEntry) bool {
		return a.Entry == b.Entry && a.Words == b.Words && bytes.Equal(a.Leaf, b.Leaf)
	}) {
		p.find("%s is not the history of policies that the trail tells.", PackPolicies)
	}
	if got, ok := rows[StatLine](p, PackStatistics); ok && !slices.Equal(got, StatisticsOf(p.requests)) {
		p.find("%s does not count what %s lists.", PackStatistics, PackRequestsJSON)
	}
	compareList(p, PackHolds, "hold", p.log.holds, func(h PackHold) int64 { return h.Number }, (*holdLog).same)
	compareList(p, PackDrills, "drill", p.log.drills, func(d PackDrill) int64 { return d.Number }, (*drillLog).same)
	compareList(p, PackServices, "service", p.log.services, func(v PackService) int64 { return v.Number }, (*spanLog).same)
}

// compareList wants each thing of the trail in the list once, and nothing else.
func compareList[T, L any](p *pack, name, noun string, log map[int64]L, number func(T) int64, same func(L, T) bool) {
	got, ok := rows[T](p, name)
	if !ok {
		return
	}
	missing := maps.Clone(log)
	for _, row := range got {
		n := number(row)
		if v, known := missing[n]; !known {
			p.find("%s: %s %d is in no entry of the trail, or listed twice.", name, noun, n)
		} else if !same(v, row) {
			p.find("%s: %s %d is not as the trail says.", name, noun, n)
		}
		delete(missing, n)
	}
	for _, n := range slices.Sorted(maps.Keys(missing)) {
		p.find("%s: %s %d is in the trail and missing in the list.", name, noun, n)
	}
}

// same: the grounds of Art. 17(3) and 18(1) are lettered, and the trail has their number.
func (h *holdLog) same(v PackHold) bool {
	ground := map[string]string{"hold": "17-3-", "restriction": "18-1-"}[h.kind] + string(rune('a'+h.reason-1))
	over := v.State == "lifted" || v.State == "expired"
	return v.Kind == h.kind && v.Ground == ground && v.Placed == Stamp(h.began) && v.By == string(h.by) && v.Ended == Stamp(h.ended) && (h.state == "" && !over || h.state == v.State)
}

func (d *drillLog) same(v PackDrill) bool {
	if v.Started != Stamp(d.began) {
		return false
	}
	if d.counts == nil {
		return v.Outcome == "running" || v.Outcome == "broken"
	}
	return (v.Outcome == "passed") == d.passed && v.Ended == Stamp(d.ended) && v.Bytes == d.counts[CountBytes] && v.Slack == d.counts[CountSlack] &&
		v.Planted == d.counts[CountPlanted] && v.Found == d.counts[CountFound] && v.Remaining == d.counts[CountRemaining]
}

func (s *spanLog) same(v PackService) bool {
	return v.Created == Stamp(s.began) && v.Removed == Stamp(s.ended)
}

// checkSamples draws each sample again.
func (p *pack) checkSamples() {
	compareList(p, PackSamples, "sample", p.log.samples, func(s PackSample) int64 { return s.Number }, (*sampleLog).same)
	for _, n := range slices.Sorted(maps.Keys(p.log.samples)) {
		s := p.log.samples[n]
		if s.reveal == "" {
			continue
		}
		if sum, err := SeedHash(s.reveal); err != nil || sum != s.seedHash {
			p.find("Sample %d was drawn with another seed than was committed to before.", n)
		}
		if frame := p.log.frame(s); int64(len(frame)) != s.frame || Commitment(FrameText(frame)) != s.frameHash {
			p.find("Sample %d was drawn from other requests than the trail names in its range.", n)
		}
	}
	s := p.log.samples[p.log.scope.Sample]
	raw, err := p.read(PackFrame, maxRows)
	switch {
	case s != nil && (err != nil || !bytes.Equal(raw, FrameText(p.log.frame(s)))):
		p.find("%s is not the list of requests that the sample was drawn from.", PackFrame)
	case s == nil && p.files[PackFrame] != nil:
		p.find("%s belongs into the pack of a sample only.", PackFrame)
	}
}

func (s *sampleLog) same(v PackSample) bool {
	return v.Kind == s.kind && v.First == s.first && v.Last == s.last && v.Frame == s.frame && v.Size == s.size && v.Seed == s.reveal && v.Word == s.word && slices.Equal(v.Drawn, s.drawn)
}
