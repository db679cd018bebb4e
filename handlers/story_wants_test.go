package handlers

// What can be expected in a story.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"quittance/db"
	"quittance/db/audit"
)

// miss is an answer that is not as it should be. Other errors are about the story itself, and do not become right by a "not" before them.
type miss struct{ error }

func missed(format string, args ...any) error { return miss{fmt.Errorf(format, args...)} }

func opposite(err error) error {
	var m miss
	if errors.As(err, &m) {
		return nil
	}
	if err == nil {
		return errors.New("it does, and should not")
	}
	return err
}

func same(got, want string) error {
	if got != want {
		return missed("it is %s, not %s", got, want)
	}
	return nil
}

// fits compares with a pattern in which * stands for anything.
func fits(got, pattern string) error {
	if !regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + "$").MatchString(got) {
		return missed("it is %q, not %q", got, pattern)
	}
	return nil
}

func holds(text, part string) error {
	if !strings.Contains(text, part) {
		return missed("%q is not there", part)
	}
	return nil
}

var (
	inlineTag = regexp.MustCompile(`</?(a|abbr|b|code|data|em|kbd|small|span|strong|time)(\s[^>]*)?>`)
	anyTag    = regexp.MustCompile(`<[^>]*>`)
)

// visible is what a reader sees of an answer.
func visible(p page) string {
	if !strings.HasPrefix(p.header.Get("Content-Type"), "text/html") {
		return p.body
	}
	text := anyTag.ReplaceAllString(inlineTag.ReplaceAllString(p.body, ""), " ")
	return strings.Join(strings.Fields(html.UnescapeString(text)), " ")
}

func (s *story) answer(rest string) error {
	name, want, _ := strings.Cut(rest, ":")
	return fits(strings.Join(s.got.header.Values(name), ", "), strings.TrimSpace(want))
}

// jsonHas compares what stands at a path of the answer.
func (s *story) jsonHas(rest string) error {
	path, want, compared := strings.Cut(rest, " ")
	var at, wanted any
	if err := json.Unmarshal([]byte(s.got.body), &at); err != nil {
		return fmt.Errorf("reading the answer: %w", err)
	}
	for _, name := range strings.Split(path, ".") {
		var ok bool
		if at, ok = into(at, name); !ok {
			return missed("there is no %s in %s", name, path)
		}
	}
	if !compared {
		return nil
	}
	if err := json.Unmarshal([]byte(want), &wanted); err != nil {
		return fmt.Errorf("reading what is wanted: %w", err)
	}
	if !reflect.DeepEqual(at, wanted) {
		return missed("%s is %#v, not %#v", path, at, wanted)
	}
	return nil
}

// into takes one step of a path: a member, an element, or # for how many there are.
func into(v any, name string) (any, bool) {
	if name == "" {
		return v, true
	}
	switch v := v.(type) {
	case map[string]any:
		member, ok := v[name]
		return member, ok
	case []any:
		if name == "#" {
			return float64(len(v)), true
		}
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(v) {
			return v[i], true
		}
	}
	return nil, false
}

// audit looks for an entry that was written since the last thing that was asked.
func (s *story) audit(rest string) error {
	what, by, _ := strings.Cut(rest, " by ")
	event, object, _ := strings.Cut(what, " ")
	if !audit.Event(event).Valid() {
		return fmt.Errorf("there is no event %q", event)
	}
	entries, err := s.h.store.AuditEntries(context.Background(), db.AuditQuery{Event: event, Least: s.since, Limit: 50})
	if err != nil {
		return err
	}
	for _, e := range entries {
		if (object == "" || string(e.Object) == object) && (by == "" || e.Actor == s.actor(by)) {
			return nil
		}
	}
	var others []string
	for _, e := range entries {
		others = append(others, string(e.Object)+" by "+string(e.Actor))
	}
	return missed("there is no such entry; new ones of this event: %v", others)
}

// actor is who the trail names: a person by role or address, `key NAME`, or the word itself.
func (s *story) actor(name string) audit.Actor {
	if u, ok := s.h.people[name]; ok {
		return u.Actor()
	}
	if key, ok := s.vars[name]; ok {
		return audit.Actor(key)
	}
	return audit.Actor(name)
}

func (s *story) keep(rest string) error {
	name, form, _ := strings.Cut(rest, "=")
	found, err := regexp.Compile(form)
	if err != nil {
		return err
	}
	for _, text := range []string{s.got.next(), s.got.body} {
		if m := found.FindStringSubmatch(text); len(m) > 1 {
			s.vars[name] = html.UnescapeString(m[1])
			return nil
		}
	}
	return fmt.Errorf("nothing in the answer is like %s", form)
}
