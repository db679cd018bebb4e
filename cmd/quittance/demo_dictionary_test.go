package main

import (
	"flag"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/s2"
)

var makeDictionary = flag.Bool("dictionary", false, "write db/dictionary.v1 anew; bodies that were stored with the old one cannot be read with it")

const (
	dictionaryFile = "../../db/dictionary.v1"
	dictionarySize = 32 << 10
	dictionarySeed = 99 // other people than the demo's, so that the measurement below is not of what was trained on
)

// TestDictionary checks that the dictionary of record bodies is worth its place: performance.md demands a database of at most 0.65 of the
// raw JSON, to which bodies contribute nearly all. With -dictionary it first makes the dictionary from made-up log entries.
func TestDictionary(t *testing.T) {
	if *makeDictionary {
		if err := os.WriteFile(dictionaryFile, newDictionary(demoBodies(t, dictionarySeed)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(dictionaryFile)
	if err != nil {
		t.Fatal(err)
	}
	if len(kept) > dictionarySize+3 {
		t.Errorf("the dictionary has %d bytes, more than %d", len(kept), dictionarySize)
	}
	bodies := demoBodies(t, 7)
	with, without := packed(s2.NewDict(kept), bodies), 0.0
	for _, b := range bodies {
		without += float64(len(s2.Encode(nil, b)))
	}
	raw := 0.0
	for _, b := range bodies {
		raw += float64(len(b))
	}
	t.Logf("%d bodies of %.0f bytes: %.3f of it with the dictionary, %.3f without", len(bodies), raw/float64(len(bodies)), with/raw, without/raw)
	if with/raw > 0.35 {
		t.Errorf("bodies take %.3f of their JSON, want at most 0.35", with/raw)
	}
}

func packed(d *s2.Dict, bodies [][]byte) (n float64) {
	buf := make([]byte, s2.MaxEncodedLen(1<<20))
	for _, b := range bodies {
		n += float64(len(d.Encode(buf[:0], b)))
	}
	return n
}

// newDictionary puts together what log entries share: the words of the API, the phrases of the demo, and those whole entries that help the
// others most.
func newDictionary(bodies [][]byte) []byte {
	r := rand.New(rand.NewPCG(dictionarySeed, 1))
	r.Shuffle(len(bodies), func(i, j int) { bodies[i], bodies[j] = bodies[j], bodies[i] })
	sample, candidates := bodies[:200], bodies[200:]
	content := []byte(wireWords + demoPhraseWords())
	for len(content) < dictionarySize {
		var best []byte
		least := 0.0
		for range 40 {
			c := candidates[r.IntN(len(candidates))]
			if n := packed(s2.MakeDict(slices.Concat(content, c), nil), sample); best == nil || n < least {
				best, least = c, n
			}
		}
		content = append(content, best...)
	}
	return s2.MakeDict(content[len(content)-dictionarySize:], []byte(`{"request":{"input":{"`)).Bytes()
}

var braces = regexp.MustCompile(`\{\w+\}`)

// demoPhraseWords are the phrases of all languages, without what differs from person to person.
func demoPhraseWords() string {
	var out strings.Builder
	say := func(lines []string) {
		for _, l := range lines {
			out.WriteString(`","text":"` + braces.ReplaceAllString(l, "") + `"}`)
		}
	}
	for _, language := range []string{"es", "fr", "de", "en"} {
		p := demoTalk[language]
		for _, business := range []string{"staff", "claims", "bank", "shop"} {
			for _, topic := range p.topics[business] {
				out.WriteString(`[{"confidence":0.8,"intent":"` + topic.intent + `"}]`)
				say(topic.openers)
				say(topic.further)
			}
		}
		say(p.common)
		say(p.thanks)
	}
	return out.String()
}

// wireWords is what exported entries of real instances are made of (watson-api.md sections 2 and 3), without anything that anybody said.
const wireWords = `"debug":{"nodes_visited":[{"dialog_node":"node_1_1600000000000","title":"Opening","conditions":"welcome"}],"log_messages":[],` +
	`"branch_exited":true,"branch_exited_reason":"completed","turn_events":[{"event":"action_visited","source":{"type":"action","action":"welcome",` +
	`"action_title":"Greet customer","condition":"welcome"},"action_start_time":"2026-01-01T00:00:00.000Z","reason":"intent"},{"event":"step_visited",` +
	`"source":{"type":"step","action":"action_1","step":"step_001","has_question":true},"reason":"next_step"},{"event":"step_answered","prompted":true}]},` +
	`"actions skill":{"user_defined":{},"action_variables":{},"skill_variables":{},"system":{"state":"eyJzZXNzaW9uX2lkIjoi"}},` +
	`"integrations":{"channel":{"private":{},"name":"Web chat"},"chat":{"browser_info":{"browser_name":"chrome","browser_version":"120.0.0","browser_OS":"Windows 10",` +
	`"language":"en-US","page_url":"https://www.example.com/","screen_resolution":"1920x1080","user_agent":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",` +
	`"client_ip_address":""}}},"masked_input":{"message_type":"text","text":""},"suggestion_id":"","spelling":{"suggestions":false,"auto_correct":true},` +
	`"alternate_intents":false,"return_context":true,"export":false,"restart":false,"async_callout":false,"metadata":{"deployment":"","user_id":""},` +
	`"response_type":"option","title":"","options":[{"label":"Yes","value":{"input":{"text":"Yes"}}},{"label":"No","value":{"input":{"text":"No"}}}]},` +
	`{"response_type":"suggestion","title":"Did you mean:","suggestions":[{"label":"","value":{"intents":[]},"dialog_node":""}]},{"response_type":"pause","time":1000,"typing":true},` +
	`{"response_type":"search","header":"","primary_results":[{"title":"","body":"","url":"","highlight":{}}],"additional_results":[]},{"response_type":"connect_to_agent",` +
	`"message_to_human_agent":"","agent_available":{"message":""},"agent_unavailable":{"message":""},"transfer_info":{"target":{}}},"interpretation":{"calendar_type":"GREGORIAN",` +
	`"datetime_link":"","granularity":"day","numeric_value":1,"subtype":"integer","timezone":"GMT"},"groups":[{"group":"group_0","location":[0,1]}],"system_entities":"sys-number","sys-date",` +
	`"initialized":true,"dialog_stack":[{"dialog_node":"root","state":"in_progress"}],"dialog_turn_counter":1,"dialog_request_counter":1,"_node_output_map":{"node_1_1600000000000":{"0":[0]}},` +
	`"last_branch_node":"node_1_1600000000000","branch_exited":true,"branch_exited_reason":"completed"},"nodes_visited":["Welcome","Anything else","node_1_1600000000000"],` +
	`"nodes_visited_details":[{"dialog_node":"Welcome","title":"Welcome","conditions":"welcome"}],"log_messages":[{"level":"warn","msg":"","code":""}],"text":["Hello, how can I help you?",` +
	`"I didn't understand. You can try rephrasing.","Can you reword your statement? I'm not understanding.","I didn't get your meaning."],"channel":"web","customer_id":"","log_id":"",` +
	`"reference_time":"2026-01-01T00:00:00.000Z","session_start_time":"2026-01-01T00:00:00.000Z","skip_user_input":false,"state":"eyJzZXNzaW9uX2lkIjoi",`
