package dbtest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"quittance/db"
	"quittance/db/label"
)

// Crowd is made-up people and what they wrote to five assistants in seven languages within 90 days, as performance.md describes its data: 20
// records for each customer on average, half of them have 5 or fewer, and at a million records the loudest has 12,063. Each record is a function of its number,
// so that two stores can be given the same ones without keeping them.
type Crowd struct {
	Size int
	upTo []float64 // share of all records that this customer and those before it wrote
}

// The shape of the long tail: a log-normal distribution with this median and spread has a mean of 20 and its 99th percentile at 234.
const (
	crowdMedian = 5
	crowdSpread = 1.653
	crowdTop    = 0.012063 // of all records, by the loudest
)

// NewCrowd makes a crowd that wrote this many records.
func NewCrowd(records int) *Crowd {
	people := max(records/20, 2)
	c := &Crowd{Size: records, upTo: make([]float64, people)}
	var sum float64
	for i := range people {
		c.upTo[i] = crowdMedian * math.Exp(crowdSpread*math.Sqrt2*math.Erfinv(2*(float64(i)+0.5)/float64(people)-1))
		sum += c.upTo[i]
	}
	most := crowdTop * sum
	c.upTo[people-1] = most
	sum = 0
	for i := range c.upTo {
		sum += min(c.upTo[i], most)
		c.upTo[i] = sum
	}
	for i := range c.upTo {
		c.upTo[i] /= sum
	}
	return c
}

// Talk is one exchange of a customer with an assistant.
type Talk struct {
	LogID     string
	Customers []string
	Language  string
	Assistant string
	Session   string
	Text      string
	Time      time.Time
	Answered  time.Time
	Body      []byte // log entry as the store keeps it
}

var crowdAssistants = []string{"3f1c9a52-6b0e-4d7f-9a5e-0c1d2e3f4a51", "7d2e8b64-1c3f-4a9b-8d6c-5e4f3a2b1c02", "a94c0d13-2e5f-4b8a-9c7d-6f5e4d3c2b13",
	"c5b6a7f8-9e0d-4c1b-8a2f-3e4d5c6b7a24", "e1f2a3b4-c5d6-4e7f-8091-a2b3c4d5e635"}

var crowdBegins = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// Customer is the ID of one of the crowd.
func (c *Crowd) Customer(n int) string { return fmt.Sprintf("cust-%07d", n) }

// People is how many customers there are.
func (c *Crowd) People() int { return len(c.upTo) }

// Writer is the number of the customer who wrote record i.
func (c *Crowd) Writer(i int) int { return c.draw(rand.New(rand.NewPCG(1, uint64(i)))) }

func (c *Crowd) draw(r *rand.Rand) int {
	n, _ := slices.BinarySearch(c.upTo, r.Float64())
	return min(n, len(c.upTo)-1)
}

// Talk makes record i. With several, it bears a second ID.
func (c *Crowd) Talk(i int, several bool) Talk {
	r := rand.New(rand.NewPCG(1, uint64(i)))
	n := c.draw(r)
	t := Talk{LogID: madeUUID(r), Customers: []string{c.Customer(n)}, Assistant: crowdAssistants[n%5], Session: madeUUID(r)}
	if several {
		t.Customers = append(t.Customers, c.Customer((n+1)%len(c.upTo)))
	}
	words := crowdWords[n%len(crowdWords)]
	t.Language = words.language
	t.Time = crowdBegins.Add(time.Duration(float64(i)/float64(c.Size)*90*24*float64(time.Hour)) + time.Duration(r.IntN(60000))*time.Millisecond).Truncate(time.Millisecond)
	t.Answered = t.Time.Add(time.Duration(20+r.IntN(400)) * time.Millisecond)
	t.Text = sentence(r, words.words, 4+r.IntN(20)) + contact(r, n)
	t.Body = fmt.Appendf(nil, crowdBody, t.Text, n, intents[r.IntN(len(intents))], float64(r.IntN(1000))/1000, sentence(r, words.words, 8+r.IntN(18)),
		t.Session, 1+r.IntN(12), n, t.Assistant, t.Session, stamp(t.Time), stamp(t.Answered), t.Language)
	return t
}

// Line is the record as a line of an export. An entry of IBM's logs has at most one ID.
func (t Talk) Line() []byte {
	return fmt.Appendf(nil, `{"log_id":"%s","customer_id":"%s",%s`+"\n", t.LogID, t.Customers[0], t.Body[1:])
}

// Record is the talk for the store, as an imported one if it keeps its log_id.
func (t Talk) Record(service int64, imported bool) db.NewRecord {
	r := db.NewRecord{Service: service, Kind: db.Message, Time: t.Time, Answered: t.Answered, Language: t.Language, Container: t.Assistant, Session: t.Session,
		Text: t.Text, Body: t.Body}
	if imported {
		r.LogID = t.LogID
	}
	for _, raw := range t.Customers {
		id, err := label.Parse(label.Assistant, raw)
		if err != nil {
			panic(err) // the crowd's IDs are all alike
		}
		r.Labels = append(r.Labels, id)
	}
	return r
}

const crowdBody = `{"request":{"input":{"message_type":"text","text":"%s","options":{"return_context":true}},"context":{"global":{"system":{"user_id":"u-%d","timezone":"Europe/Berlin"}},` +
	`"skills":{"main skill":{"user_defined":{"channel":"web","tier":"gold"}}}}},"response":{"output":{"intents":[{"intent":"%s","confidence":%.3f}],"entities":[],` +
	`"generic":[{"response_type":"text","text":"%s"}]},"context":{"global":{"session_id":"%s","system":{"turn_count":%d,"user_id":"u-%d"}}}},` +
	`"assistant_id":"%s","session_id":"%s","skill_id":"main skill","snapshot":"draft","request_timestamp":"%s","response_timestamp":"%s","language":"%s"}`

func stamp(t time.Time) string { return t.Format("2006-01-02T15:04:05.000Z") }

func madeUUID(r *rand.Rand) string {
	a, b := r.Uint64(), r.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", uint32(a), uint16(a>>32), a>>52, b&0xfff, b>>16)
}

func sentence(r *rand.Rand, words []string, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(words[r.IntN(len(words))])
	}
	return b.String()
}

// contact adds, to one text in five, what the masking has to find.
func contact(r *rand.Rand, n int) string {
	switch r.IntN(10) {
	case 0:
		return fmt.Sprintf(" customer%d@example.com", n)
	case 1:
		return fmt.Sprintf(" +49 30 %07d", r.IntN(1e7))
	}
	return ""
}

var intents = []string{"order_status", "change_address", "cancel_contract", "opening_hours", "complaint", "refund", "speak_to_person", "password_reset"}

// crowdWords are not the demo's words: the dictionary of record bodies was made from those, and would look better here than it is.
var crowdWords = []struct {
	language string
	words    []string
}{
	{"en", strings.Fields("the parcel that arrived on Tuesday was open and two of the cups inside broken could somebody please tell me whether insurance covers this or do I send pictures first because my neighbour already threw away cardboard box")},
	{"de", strings.Fields("die Waschmaschine schleudert seit gestern nicht mehr und zeigt einen Fehler an der auf dem Display blinkt können Sie mir bitte sagen ob ein Techniker kommen muss oder reicht es wenn ich das Sieb reinige")},
	{"fr", strings.Fields("je voudrais changer la date de mon rendez-vous parce que je serai en voyage la semaine prochaine est-ce que quelqu'un pourrait me rappeler demain matin avant dix heures au bureau merci beaucoup")},
	{"es", strings.Fields("no puedo entrar en la aplicación desde que cambié de teléfono y el código que me mandan llega tarde por favor necesito ver la factura del mes pasado antes del viernes")},
	{"it", strings.Fields("la bolletta di questo mese sembra troppo alta rispetto allo scorso anno potete controllare se la lettura del contatore era giusta oppure devo mandare una fotografia io stessa")},
	{"pt-br", strings.Fields("meu cartão foi recusado duas vezes hoje no mercado mas ainda tenho limite disponível vocês podem verificar o que aconteceu e liberar a compra ainda nesta tarde obrigado")},
	{"nl", strings.Fields("het abonnement dat ik vorige maand heb opgezegd is toch weer verlengd graag zou ik willen weten hoe dat kan en wanneer het bedrag wordt teruggestort op mijn rekening")},
}
