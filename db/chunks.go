package db

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"quittance/db/audit"
)

// Erase implements erasure.Store. A record takes with it its labels, the conversation it was part of, and the links of those who saw
// it; a customer ID goes with its last record. Tables are asked once for the whole chunk where SQLite can.
func (s *Store) Erase(ctx context.Context, batch int64, records []int64) error {
	return s.unlessHalted(ctx, batch, func(t *tx) error {
		free, err := t.unkept(records) // once more: a hold may have come since they were listed (law L5)
		if err != nil {
			return err
		}
		list, err := json.Marshal(free)
		if err != nil {
			return err
		}
		c, err := t.removeAll(string(list))
		if err != nil {
			return err
		}
		return c.progress(batch)
	})
}

// removeAll takes records, given as a JSON array of their numbers, and all that belongs to them.
func (t *tx) removeAll(list string) (*chunk, error) {
	c := &chunk{tx: t, services: map[int64]int64{}, customers: map[int64]bool{}, sessions: map[chat]bool{}}
	if err := c.remove(list); err != nil {
		return nil, fmt.Errorf("erasing records: %w", err)
	}
	return c, c.sweep()
}

// chat is a conversation of a service.
type chat struct {
	service int64
	id      string
}

// chunk is one transaction of a batch at work.
type chunk struct {
	*tx
	services  map[int64]int64
	customers map[int64]bool
	sessions  map[chat]bool
	labels    [][3]int64      // customer, time, record
	several   map[int64]int64 // record → its time, of those that bear several IDs
}

// remove takes records out of every table. Those that an earlier run of this step removed are simply not there any more.
func (c *chunk) remove(list string) error {
	c.several = map[int64]int64{}
	if err := c.unindexText(list); err != nil {
		return err
	}
	if err := c.exec("DELETE FROM item_field WHERE record IN (SELECT value FROM json_each(?))", list); err != nil {
		return err
	}
	if err := c.exec("DELETE FROM repaired WHERE record IN (SELECT value FROM json_each(?))", list); err != nil {
		return err
	}
	if err := c.removeRecords(list); err != nil {
		return err
	}
	if err := c.removeReverse(list); err != nil {
		return err
	}
	// One by one: for a set of such rows SQLite would read the whole table.
	for _, l := range c.labels {
		if err := c.exec("DELETE FROM label WHERE customer = ? AND time = ? AND record = ?", l[0], l[1], l[2]); err != nil {
			return err
		}
	}
	return c.exec("UPDATE access SET record = NULL WHERE record IN (SELECT value FROM json_each(?))", list)
}

func (c *chunk) removeRecords(list string) error {
	rows, err := c.rows("DELETE FROM record WHERE seq IN (SELECT value FROM json_each(?)) RETURNING seq, service, kind, time, customer, flags, session, container, channel, key", list)
	return each(rows, err, func() error {
		var seq, service, time, customer int64
		var kind Kind
		var flags int
		var session string
		var from sender
		if err := rows.Scan(&seq, &service, &kind, &time, &customer, &flags, &session, &from.container, &from.channel, &from.key); err != nil {
			return err
		}
		if flags&flagSeveral != 0 {
			c.several[seq] = time
		} else {
			c.took(customer, time, seq)
		}
		if kind == Message && session != "" {
			c.sessions[chat{service, session}] = true
		}
		c.services[service]++
		c.tally(service, at(time), -1, -btoi(customer == 0), -btoi(flags&flagOptOut != 0))
		c.tallyUnreachable(service, at(time), -btoi(flags&flagUnreachable != 0))
		if from.service, from.day = service, day(at(time)); customer == 0 {
			c.sent(from, -1, -btoi(flags&flagUnreachable != 0))
		}
		return nil
	})
}

func (c *chunk) took(customer, time, record int64) {
	c.labels = append(c.labels, [3]int64{customer, time, record})
	c.customers[customer] = true
}

// removeReverse takes the reverse labels of records that bear several IDs, and so learns who bears them.
func (c *chunk) removeReverse(list string) error {
	if len(c.several) == 0 {
		return nil
	}
	rows, err := c.rows("DELETE FROM record_label WHERE record IN (SELECT value FROM json_each(?)) RETURNING record, customer", list)
	return each(rows, err, func() error {
		var record, customer int64
		if err := rows.Scan(&record, &customer); err != nil {
			return err
		}
		c.took(customer, c.several[record], record)
		return nil
	})
}

// unheldID is the condition that no hold keeps the row of a customer ID.
const unheldID = "NOT EXISTS (SELECT 1 FROM kept WHERE kept.customer = customer.number AND live = 1)"

// sweep removes what only the chunk's records kept: interned IDs without a record, and conversations.
func (c *chunk) sweep() error {
	list, err := json.Marshal(slices.Collect(maps.Keys(c.customers)))
	if err != nil {
		return err
	}
	rows, err := c.rows("DELETE FROM customer WHERE number IN (SELECT value FROM json_each(?)) AND NOT EXISTS (SELECT 1 FROM label WHERE customer = customer.number) AND "+unheldID+" RETURNING name", string(list))
	err = each(rows, err, func() error {
		var name string
		err := rows.Scan(&name)
		delete(c.w.customers, name)
		return err
	})
	if err == nil {
		err = c.recheckAll(string(list))
	}
	if err != nil {
		return fmt.Errorf("erasing customer IDs: %w", err)
	}
	for k := range c.sessions {
		if err := c.exec("DELETE FROM chat_session WHERE id = ? AND service = ?", k.id, k.service); err != nil {
			return fmt.Errorf("erasing a conversation: %w", err)
		}
	}
	return nil
}

func (c *chunk) progress(batch int64) error {
	var n int64
	for service, k := range c.services {
		n += k
		if err := c.exec("UPDATE batch_service SET erased = erased + ? WHERE batch = ? AND service = ?", k, batch, service); err != nil {
			return fmt.Errorf("keeping the batch's progress: %w", err)
		}
	}
	err := c.exec("UPDATE batch SET erased = erased + ? WHERE number = ?", n, batch)
	if err == nil {
		err = c.exec("INSERT INTO batch_minute (batch, minute, erased) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET erased = erased + excluded.erased", batch, c.now.Unix()/60, n)
	}
	if err != nil {
		return fmt.Errorf("keeping the batch's progress: %w", err)
	}
	return c.note(audit.BatchChunk, audit.ObjectOf(audit.KindBatch, batch), map[string]int64{audit.CountRecords: n})
}
