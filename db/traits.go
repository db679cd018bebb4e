package db

import (
	"context"
	"fmt"
	"slices"
)

// Narrow narrows a list of records by what they are, besides where and when they were written.
type Narrow struct {
	Language string // as its service said it; "" = all
	OptedOut bool   // opted out of learning
	Held     bool   // kept by a hold or a restriction
	Waiting  bool   // covered by one of Pending
	Pending  []Covered
}

// Covered is what an open erasure covers: records of an ID up to a cut-off, at some services.
type Covered struct {
	Subject  string
	Cutoff   int64
	Services []int64
}

// Covers tells whether the erasure covers a record of a service for this label of it. A label that came after the cut-off is not covered (law L2).
func (c Covered) Covers(service int64, l Label) bool {
	return l.ID == c.Subject && l.Seq <= c.Cutoff && slices.Contains(c.Services, service)
}

// narrow adds the conditions on a label l, which tells all that is asked of it. A restricted record fits none that is about
// what it says: a list shows that it is there, and nothing of it (Art. 18(2)).
func (n Narrow) narrow(add func(cond string, values ...any)) {
	if n.Language != "" {
		add("l.language = ? AND NOT "+frozenLabel, n.Language)
	}
	if n.OptedOut {
		add("l.opted_out = 1 AND NOT " + frozenLabel)
	}
	if n.Held {
		add(keptLabel)
	}
	if n.Waiting {
		cond, args := n.waiting()
		add(cond, args...)
	}
}

// waiting is the condition that one of the open erasures covers a label l, as Covers tells it.
func (n Narrow) waiting() (cond string, args []any) {
	cond = "(0"
	for _, c := range n.Pending {
		if len(c.Services) == 0 {
			continue
		}
		cond += ` OR EXISTS (SELECT 1 FROM label o WHERE o.customer = (SELECT number FROM customer WHERE name = ?) AND o.time = l.time AND o.record = l.record
			AND coalesce(o.seq, o.record) <= ? AND o.service IN (` + marks(len(c.Services)) + "))"
		args = append(append(args, c.Subject, c.Cutoff), anys(c.Services)...)
	}
	return cond + ")", args
}

// TraitRecords is how many of the newest records TraitsOf looks at.
const TraitRecords = 1000

// Traits counts what the newest records of a data subject are. More says that there are others, which nobody looked at.
type Traits struct {
	Languages               map[string]int64
	OptedOut, Held, Waiting int64
	More                    bool
}

// traitsSQL counts restricted records under no language and as opted out of nothing, as the list narrowed by these leaves them out.
const traitsSQL = ` SELECT iif(%s, '', l.language) said, count(*), sum(l.opted_out AND NOT %[1]s), sum(%s), sum(%s) FROM (SELECT * FROM label l WHERE %s ORDER BY l.time DESC, l.record DESC LIMIT ?) l GROUP BY said`

// TraitsOf counts the newest records that a query asks for, whatever its page. It reads so many at most, however many there are.
func (s *Store) TraitsOf(ctx context.Context, q RecordQuery) (Traits, error) {
	out := Traits{Languages: map[string]int64{}}
	k, err := s.anyKept(ctx)
	if err != nil {
		return out, err
	}
	held, frozen := "0", "0"
	if k.held {
		held = keptLabel
	}
	if k.frozen {
		frozen = frozenLabel
	}
	waits, waitArgs := q.waiting()
	where, args := q.labelWhere()
	with, all := q.with()
	all = append(append(append(all, waitArgs...), args...), TraitRecords+1)
	var seen int64
	rows, err := s.readers.QueryContext(ctx, with+fmt.Sprintf(traitsSQL, frozen, held, waits, where), all...)
	err = each(rows, err, func() error {
		var language string
		var n, opted, kept, waiting int64
		err := rows.Scan(&language, &n, &opted, &kept, &waiting)
		out.Languages[language] += n
		out.OptedOut, out.Held, out.Waiting, seen = out.OptedOut+opted, out.Held+kept, out.Waiting+waiting, seen+n
		return err
	})
	if err != nil {
		return out, fmt.Errorf("counting what records are: %w", err)
	}
	out.More = seen > TraitRecords
	return out, nil
}
