package audit

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strconv"
	"time"
)

// An inspection pack is a zip that an auditor takes away: requests by number, their receipts, the whole trail with its proofs, and what explains
// them. Each list in it can be made again from the trail, so that a pack which says something else is found out even if its manifest was made anew.
const (
	PackManifestName = "manifest.json"
	PackReadme       = "README.txt"
	PackVerifier     = "verify.html"
	PackBundle       = "log/trail.bundle"
	PackCheckpoint   = "log/checkpoint.txt"
	PackRequestsJSON = "requests.json"
	PackRequestsCSV  = "requests.csv"
	PackPolicies     = "policies.json"
	PackHolds        = "holds.json"
	PackDrills       = "drills.json"
	PackServices     = "services.json"
	PackStatistics   = "statistics.json"
	PackSamples      = "samples.json"
	PackFrame        = "frame.txt" // of the sample that the pack is of
	packReceipts     = "receipts/"
)

// packMembers are those that every pack has, beside its manifest.
var packMembers = []string{PackReadme, PackVerifier, PackBundle, PackCheckpoint, PackRequestsJSON, PackRequestsCSV, PackPolicies, PackHolds,
	PackDrills, PackServices, PackStatistics, PackSamples}

const (
	packName    = "quittance inspection pack"
	packVersion = 1
	// MaxPackRequests is how many requests one pack can be about.
	MaxPackRequests = 20_000
)

// IsPack tells whether a file that begins like this may be a pack: it is a zip.
func IsPack(start []byte) bool { return bytes.HasPrefix(start, []byte("PK\x03\x04")) }

// PackManifest names each file of a pack by its hash.
type PackManifest struct {
	Pack       string     `json:"pack"`
	V          int        `json:"v"`
	Export     int64      `json:"export"` // number of the export
	Made       string     `json:"made"`
	Key        string     `json:"key"`
	Checkpoint string     `json:"checkpoint"`
	Scope      PackScope  `json:"scope"`
	Files      []PackFile `json:"files"`
}

// PackScope tells which requests a pack is about: those that entries First to Last of the trail file, or those of a sample.
type PackScope struct {
	First  int64 `json:"first"`
	Last   int64 `json:"last"`
	Sample int64 `json:"sample,omitempty"`
}

// PackFile is one file of a pack.
type PackFile struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// PackRequest is one request in a pack: by its number, with nothing of the person.
type PackRequest struct {
	Number    int64  `json:"number"`
	Entry     int64  `json:"entry"` // of the trail, that filed it
	State     string `json:"state"`
	Via       string `json:"via"` // console, api or bulk
	Bulk      int64  `json:"bulk,omitempty"`
	Ground    string `json:"ground"`
	Refusal   string `json:"refusal,omitempty"`
	Proposer  string `json:"proposer"`
	Approver  string `json:"approver,omitempty"`
	Cutoff    int64  `json:"cutoff"`
	Found     int64  `json:"found"`
	Remaining int64  `json:"remaining"`
	Filed     string `json:"filed"`
	Approved  string `json:"approved,omitempty"`
	Deadline  string `json:"deadline,omitempty"`
	Started   string `json:"started,omitempty"`
	Ended     string `json:"ended,omitempty"`
	Batch     int64  `json:"batch,omitempty"`
	Manifest  string `json:"manifest"`
	Receipts  int64  `json:"receipts"`
}

// PackEntry is an entry of the trail with what it means.
type PackEntry struct {
	Entry int64           `json:"entry"`
	Words string          `json:"words"`
	Leaf  json.RawMessage `json:"leaf"`
}

// PackHold is a hold or a restriction: what it is for and when, not whom it is about.
type PackHold struct {
	Number int64  `json:"number"`
	Kind   string `json:"kind"`
	State  string `json:"state"`
	Ground string `json:"ground"`
	Placed string `json:"placed"`
	By     string `json:"placed_by"`
	Review string `json:"review,omitempty"`
	Expiry string `json:"expiry,omitempty"`
	Ended  string `json:"ended,omitempty"`
}

// PackDrill is one drill.
type PackDrill struct {
	Number    int64  `json:"number"`
	Outcome   string `json:"outcome"`
	Started   string `json:"started"`
	Ended     string `json:"ended,omitempty"`
	Bytes     int64  `json:"bytes"`
	Slack     int64  `json:"slack"`
	Planted   int64  `json:"planted"`
	Found     int64  `json:"found"`
	Remaining int64  `json:"remaining"`
}

// PackService is one service.
type PackService struct {
	Number  int64  `json:"number"`
	Kind    string `json:"kind"`
	Hosting string `json:"hosting"`
	Name    string `json:"name"`
	Region  string `json:"region,omitempty"`
	Created string `json:"created"`
	Removed string `json:"removed,omitempty"`
}

// PackSample is one sample, with all that is needed to draw it again.
type PackSample struct {
	Number int64   `json:"number"`
	Kind   string  `json:"kind"`
	First  int64   `json:"first"`
	Last   int64   `json:"last"`
	Frame  int64   `json:"frame"`
	Size   int64   `json:"size"`
	Seed   string  `json:"seed,omitempty"` // "" = not drawn yet
	Word   string  `json:"word,omitempty"`
	Drawn  []int64 `json:"drawn,omitempty"`
}

// Stamp is a time in a pack; "" when it has not come.
func Stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(timeLayout)
}

func stamped(s string) time.Time {
	t, err := time.Parse(timeLayout, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// Fact is a request as statistics count it.
func (r PackRequest) Fact() RequestFact {
	f := RequestFact{Right: "17", Via: r.Via, Outcome: r.State, Ground: r.Refusal, Filed: stamped(r.Filed), Ended: stamped(r.Ended)}
	if !slices.Contains([]string{"done", "partial", "refused", "withdrawn"}, r.State) {
		f.Outcome = "open"
	}
	return f
}

// StatisticsOf counts the requests of a pack.
func StatisticsOf(all []PackRequest) []StatLine {
	var t Tally
	for _, r := range all {
		t.Add(r.Fact())
	}
	return t.Lines()
}

// ReceiptMember names a receipt in a pack.
func ReceiptMember(erasure, amendment int64) string {
	return fmt.Sprintf("%serasure-%d-%d.json", packReceipts, erasure, amendment)
}

// RowsJSON writes rows as one JSON array, a row on each line, the one way.
func RowsJSON[T any](w io.Writer, rows []T) error {
	if len(rows) == 0 {
		_, err := io.WriteString(w, "[]\n")
		return err
	}
	sep := "[\n"
	for _, r := range rows {
		raw, err := json.Marshal(r)
		if err == nil {
			_, err = io.WriteString(w, sep+string(raw))
		}
		if err != nil {
			return err
		}
		sep = ",\n"
	}
	_, err := io.WriteString(w, "\n]\n")
	return err
}

// RequestsCSV writes the requests of a pack for a spreadsheet. No cell can begin a formula: they are codes, numbers and times of ours.
func RequestsCSV(w io.Writer, all []PackRequest) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	out.Write([]string{"number", "entry", "state", "via", "bulk", "ground", "refusal", "proposer", "approver", "cutoff", "found", "remaining", "filed", "approved", "deadline",
		"started", "ended", "batch", "manifest", "receipts"})
	n := func(v int64) string { return strconv.FormatInt(v, 10) }
	for _, r := range all {
		out.Write([]string{n(r.Number), n(r.Entry), r.State, r.Via, n(r.Bulk), r.Ground, r.Refusal, r.Proposer, r.Approver, n(r.Cutoff), n(r.Found), n(r.Remaining), r.Filed,
			r.Approved, r.Deadline, r.Started, r.Ended, n(r.Batch), r.Manifest, n(r.Receipts)})
	}
	out.Flush()
	return out.Error()
}

// PackWriter writes a pack file by file. What it keeps meanwhile is a line for each file.
type PackWriter struct {
	zip      *zip.Writer
	manifest PackManifest
}

type packMember struct {
	name string
	w    io.Writer
	sum  hash.Hash
	size int64
}

// Write implements io.Writer.
func (m *packMember) Write(p []byte) (int, error) {
	n, err := m.w.Write(p)
	m.sum.Write(p[:n])
	m.size += int64(n)
	return n, err
}

// NewPack begins a pack.
func NewPack(w io.Writer, export int64, made time.Time, key string, checkpoint []byte, scope PackScope) *PackWriter {
	return &PackWriter{zip: zip.NewWriter(w), manifest: PackManifest{Pack: packName, V: packVersion, Export: export, Made: Stamp(made), Key: key, Checkpoint: string(checkpoint), Scope: scope}}
}

// File writes one file. Its time in the zip is that of the pack.
func (p *PackWriter) File(name string, write func(io.Writer) error) error {
	w, err := p.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: stamped(p.manifest.Made)})
	if err != nil {
		return fmt.Errorf("writing a pack: %w", err)
	}
	m := &packMember{name: name, w: w, sum: sha256.New()}
	if err := write(m); err != nil {
		return fmt.Errorf("writing %s of a pack: %w", name, err)
	}
	p.manifest.Files = append(p.manifest.Files, PackFile{name, m.size, hex.EncodeToString(m.sum.Sum(nil))})
	return nil
}

// End writes the manifest and gives its SHA-256, in hex.
func (p *PackWriter) End() (sum string, err error) {
	raw, err := p.manifest.JSON()
	if err != nil {
		return "", err
	}
	w, err := p.zip.CreateHeader(&zip.FileHeader{Name: PackManifestName, Method: zip.Deflate, Modified: stamped(p.manifest.Made)})
	if err == nil {
		_, err = w.Write(raw)
	}
	return Commitment(raw), errors.Join(err, p.zip.Close())
}

// JSON is the manifest as a file: a line for each file, so that it reads well and compares well.
func (m PackManifest) JSON() ([]byte, error) {
	files := m.Files
	m.Files = nil
	head, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.Write(bytes.TrimSuffix(head, []byte("null}")))
	if err := RowsJSON(&out, files); err != nil {
		return nil, err
	}
	out.Truncate(out.Len() - 1)
	out.WriteString("}\n")
	return out.Bytes(), nil
}
