package erasure

import "slices"

// Change is in what two manifests differ at one service, of one kind of record.
type Change struct {
	Service              int64
	Kind                 string // "" = a linked service: nothing is counted there
	Was, Now             int64  // records
	WasShared, NowShared int64  // of them, that bear other customer IDs too
	Called, Dropped      bool   // a linked service that is called now and was not, or the other way round
}

// Grew tells that the later manifest takes what the earlier one did not show: then an approval of the earlier one lapses.
func (c Change) Grew() bool { return c.Called || c.Now > c.Was || c.NowShared > c.WasShared }

// Changes lists in what a later manifest differs from this one, in the order of the later one; what is in it no longer comes last.
func (m Manifest) Changes(now Manifest) (out []Change) {
	for _, l := range now.Go {
		was := m.line(l.Service, l.Kind)
		c := Change{Service: l.Service, Kind: l.Kind, Was: was.Records, Now: l.Records, WasShared: was.Shared, NowShared: l.Shared}
		if c.Was != c.Now || c.WasShared != c.NowShared {
			out = append(out, c)
		}
	}
	for _, l := range m.Go {
		if now.line(l.Service, l.Kind) == (Line{}) {
			out = append(out, Change{Service: l.Service, Kind: l.Kind, Was: l.Records, WasShared: l.Shared})
		}
	}
	for _, n := range now.Calls {
		if !slices.Contains(m.Calls, n) {
			out = append(out, Change{Service: n, Called: true})
		}
	}
	for _, n := range m.Calls {
		if !slices.Contains(now.Calls, n) {
			out = append(out, Change{Service: n, Dropped: true})
		}
	}
	return out
}

// line is what a manifest takes of one kind at one service, the zero Line where that is nothing.
func (m Manifest) line(service int64, kind string) Line {
	for _, l := range m.Go {
		if l.Service == service && l.Kind == kind {
			return l
		}
	}
	return Line{}
}

// Grown reports whether the lines of now hold anything that the manifest did not show: then an approval of it lapses. What shrank
// meanwhile does not count.
func (m Manifest) Grown(now []Line) bool {
	return slices.ContainsFunc(m.Changes(Manifest{Go: now, Calls: m.Calls}), Change.Grew)
}
