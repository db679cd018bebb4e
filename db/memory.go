package db

import (
	"slices"
	"sync"

	"quittance/db/audit"
)

// memory keeps answers that every request of the API asks for and that hardly ever change. Only this process writes (one lock for each
// data directory), so it is exact: what a commit changed is forgotten before whoever asked for the change is answered, and what was read
// while it was being forgotten is not kept.
type memory[K comparable, V any] struct {
	mu    sync.RWMutex
	kept  map[K]V
	round uint64 // grows whenever something is forgotten
}

// keptAnswers bounds a memory; a house has fewer keys and services by far.
const keptAnswers = 10_000

// get answers from memory, or reads and keeps. An error is never kept, so nothing can fill it but what exists.
func (m *memory[K, V]) get(k K, read func() (V, error)) (V, error) {
	m.mu.RLock()
	v, ok := m.kept[k]
	round := m.round
	m.mu.RUnlock()
	if ok {
		return v, nil
	}
	v, err := read()
	if err == nil {
		m.keep(k, v, round)
	}
	return v, err
}

// keep takes an answer that was read in a round; a later round may know better.
func (m *memory[K, V]) keep(k K, v V, round uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.round != round {
		return
	}
	if m.kept == nil || len(m.kept) >= keptAnswers {
		m.kept = map[K]V{}
	}
	m.kept[k] = v
}

func (m *memory[K, V]) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.round++
	clear(m.kept)
}

// harmless are the events that name a service or a key and change neither.
var harmless = []audit.Event{audit.RecordsIngested, audit.RecordsAnswered, audit.RecordsRemoved, audit.RecordsLabelled, audit.LabelsRepaired, audit.RepairUndone, audit.LogsRead}

// changes tells whether an entry says that a service, a key or a hold is not what it was: there is no such change without its entry (law L4).
func changes(event audit.Event, object audit.Object) bool {
	kind, _, ok := object.Split()
	return ok && (kind == audit.KindService || kind == audit.KindKey || kind == audit.KindHold) && !slices.Contains(harmless, event)
}

func (s *Store) forget() {
	s.guids.forget()
	s.live.forget()
	s.keeps.forget()
}
