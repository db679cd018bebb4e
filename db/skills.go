package db

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"quittance/db/audit"
	"quittance/db/label"
)

// ErrSkill is returned for a search skill that cannot be.
var ErrSkill = errors.New("a search skill leads from a hosted Assistant that passes nothing on to a Discovery service in use, in projects/P or environments/E/collections/C")

// searchPlace is where in a Discovery service a skill searches: a project of v2, or a collection of v1.
var searchPlace = regexp.MustCompile(`^(projects/[\w.-]{1,128}|environments/[\w.-]{1,128}/collections/[\w.-]{1,128})$`)

// SetSearch links an Assistant's search skill to a Discovery service. discovery 0 ends it.
func (s *Store) SetSearch(ctx context.Context, by audit.Actor, assistant, discovery int64, place string) error {
	if discovery == 0 {
		place = ""
	} else if !searchPlace.MatchString(place) || strings.Contains(place+"/", "/./") || strings.Contains(place+"/", "/../") {
		return ErrSkill
	}
	return s.write(ctx, by, func(t *tx) error {
		n, err := t.change(`UPDATE service SET search = nullif(?, 0), search_in = ? WHERE number = ? AND kind = ? AND hosting = 'hosted' AND removed IS NULL
			AND NOT EXISTS (SELECT 1 FROM service u WHERE u.gateway = service.number AND u.removed IS NULL)
			AND (? = 0 OR EXISTS (SELECT 1 FROM service d WHERE d.number = ? AND d.kind = ? AND d.removed IS NULL))`,
			discovery, place, assistant, string(label.Assistant), discovery, discovery, string(label.Discovery))
		if err != nil {
			return fmt.Errorf("linking a search skill: %w", err)
		}
		if n == 0 {
			return ErrSkill
		}
		return t.note(audit.ServiceChanged, audit.ObjectOf(audit.KindService, assistant), nil)
	})
}
