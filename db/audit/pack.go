package audit

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// PackReport is the outcome of CheckPack.
type PackReport struct {
	Report             // of the trail in it, with what was found in the rest
	Manifest           PackManifest
	Sum                string // SHA-256 of the manifest, hex: the entry export.sealed of the trail holds it
	Requests, Receipts int64
}

// What a pack may unfold to: an honest one shrinks to a tenth, a zip bomb to a thousandth or, where its files overlap, far less.
const (
	packRatio       = 100
	packLeast       = 1 << 20
	packMembersMost = 100_000
	maxManifest     = 32 << 20
	maxRows         = 64 << 20
)

// CheckPack checks an inspection pack offline: each file against the manifest, the trail, each receipt, and each list against the trail. What is
// wrong is a finding; an error is only returned for what is no pack, or would unfold to more than a pack can.
func CheckPack(ctx context.Context, r io.ReaderAt, size int64, outside Outside) (PackReport, error) {
	p, err := openPack(r, size, outside)
	if err != nil {
		return PackReport{}, fmt.Errorf("reading an inspection pack: %w", err)
	}
	p.checkFiles()
	if err := p.checkTrail(ctx); err != nil {
		p.find("The trail in the pack cannot be read: %v.", err)
		return p.report, nil
	}
	p.checkRequests()
	p.checkReceipts()
	p.checkLists()
	p.checkSamples()
	return p.report, nil
}

// pack is an inspection pack while it is checked.
type pack struct {
	files    map[string]*zip.File
	outside  Outside
	report   PackReport
	keys     []note.Verifier
	log      *packLog
	requests []PackRequest
}

func (p *pack) find(format string, args ...any) { p.report.add(Tampering, -1, format, args...) }

func openPack(r io.ReaderAt, size int64, outside Outside) (*pack, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, errors.New("it is no zip that can be read")
	}
	if len(z.File) > packMembersMost {
		return nil, errors.New("it holds too many files")
	}
	p := &pack{files: map[string]*zip.File{}, outside: outside}
	var unfolded uint64
	for _, f := range z.File {
		if unfolded += f.UncompressedSize64; unfolded > uint64(size)*packRatio+packLeast || f.UncompressedSize64 > 1<<50 {
			return nil, errors.New("it would unfold to more than a pack can hold")
		}
		if p.files[f.Name] != nil || f.Name != path.Clean(f.Name) || strings.HasPrefix(f.Name, "/") || strings.HasPrefix(f.Name, "..") || strings.Contains(f.Name, `\`) {
			return nil, errors.New("a file in it is there twice, or its name leads elsewhere")
		}
		p.files[f.Name] = f
	}
	return p, p.readManifest()
}

func (p *pack) readManifest() error {
	raw, err := p.read(PackManifestName, maxManifest)
	if err != nil {
		return errors.New("it has no manifest that can be read")
	}
	m := &p.report.Manifest
	if err := json.Unmarshal(raw, m); err != nil || m.Pack != packName || m.V != packVersion {
		return errors.New("its manifest is of no version known here")
	}
	p.report.Sum = Commitment(raw)
	if again, err := m.JSON(); err != nil || !bytes.Equal(again, raw) {
		p.find("The manifest is not written the one way.")
	}
	if p.keys = p.outside.Keys; len(p.keys) > 0 {
		return nil
	}
	own, err := note.NewVerifier(m.Key)
	if err != nil {
		return errors.New("the key in its manifest cannot be read")
	}
	p.keys = []note.Verifier{own}
	return nil
}

// read reads a file that must not be longer than this.
func (p *pack) read(name string, most int64) ([]byte, error) {
	f := p.files[name]
	if f == nil {
		return nil, errors.New("it is missing")
	}
	in, err := f.Open()
	if err != nil {
		return nil, errors.New("it cannot be read")
	}
	defer in.Close()
	raw, err := io.ReadAll(io.LimitReader(in, most+1))
	if err == nil && int64(len(raw)) > most {
		err = errors.New("it is too long")
	}
	return raw, err
}

// checkFiles holds each file against its hash, and the list of files against what is there.
func (p *pack) checkFiles() {
	listed := map[string]bool{PackManifestName: true}
	for _, f := range p.report.Manifest.Files {
		if listed[f.Name] {
			p.find("The manifest names %s twice.", memberWords(f.Name))
		}
		listed[f.Name] = true
		sum, size, err := p.sum(f.Name)
		switch {
		case p.files[f.Name] == nil:
			p.find("%s is missing: the manifest names it.", memberWords(f.Name))
		case err != nil:
			p.find("%s cannot be read to its end.", memberWords(f.Name))
		case sum != f.SHA256 || size != f.Bytes:
			p.find("%s is not the file that the manifest names: it was altered, or it is of another pack.", memberWords(f.Name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.files)) {
		if !listed[name] {
			p.find("%s is in the pack and not in its manifest.", memberWords(name))
		}
	}
	for _, name := range packMembers {
		if !listed[name] {
			p.find("The manifest names no %s: every pack has one.", name)
		}
	}
}

// memberWords names a file in a finding, without repeating what somebody may have put into a name.
func memberWords(name string) string {
	if slices.Contains(packMembers, name) || name == PackFrame || receiptName(name) {
		return name
	}
	return "A file of another name"
}

func receiptName(name string) bool {
	var n, a int64
	got, err := fmt.Sscanf(name, packReceipts+"erasure-%d-%d.json", &n, &a)
	return err == nil && got == 2 && ReceiptMember(n, a) == name
}

func (p *pack) sum(name string) (sum string, size int64, err error) {
	f := p.files[name]
	if f == nil {
		return "", 0, errors.New("it is missing")
	}
	in, err := f.Open()
	if err != nil {
		return "", 0, err
	}
	defer in.Close()
	h := sha256.New()
	size, err = io.Copy(h, in) // not more than was declared: package zip sees to it
	return hex.EncodeToString(h.Sum(nil)), size, err
}

// checkTrail verifies the trail in the pack, and gathers from it what the lists must say.
func (p *pack) checkTrail(ctx context.Context) error {
	f := p.files[PackBundle]
	if f == nil {
		return errors.New("it is missing")
	}
	b, err := OpenBundle(func() (io.ReadCloser, error) { return f.Open() })
	if err != nil {
		return err
	}
	found := p.report.Findings
	b.OutsideKeys, b.Outside = p.outside.Keys, p.outside.Checkpoints
	p.log = newPackLog(p.report.Manifest.Scope)
	leaves := b.Leaves
	b.Leaves = func(yield func(StoredLeaf, error) bool) {
		for leaf, err := range leaves {
			if err == nil {
				p.log.see(leaf.Data)
			}
			if !yield(leaf, err) {
				return
			}
		}
	}
	p.report.Report = Verify(ctx, b)
	p.report.Findings = append(found, p.report.Findings...)
	p.log.end()
	if p.report.Manifest.Scope.Last >= p.report.Size || p.report.Manifest.Scope.First < 0 {
		p.find("The pack says that it is about entries which the trail in it does not hold.")
	}
	p.checkHead()
	return nil
}

// checkHead: one head stands in three places, and all three must be the same bytes.
func (p *pack) checkHead() {
	m := p.report.Manifest
	if head, err := OpenCheckpoint([]byte(m.Checkpoint), p.keys...); err != nil || head != p.report.Head {
		p.find("The checkpoint in the manifest is not that of the trail in the pack.")
	}
	if raw, err := p.read(PackCheckpoint, maxNote); err != nil || string(raw) != m.Checkpoint {
		p.find("%s is not the checkpoint in the manifest.", PackCheckpoint)
	}
}

// rows reads a list; one that is not written the one way is a finding, since something could stand in it that is not looked at.
func rows[T any](p *pack, name string) ([]T, bool) {
	raw, err := p.read(name, maxRows)
	var out []T
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	var again bytes.Buffer
	if err == nil {
		err = RowsJSON(&again, out)
	}
	if err != nil || !bytes.Equal(again.Bytes(), raw) {
		p.find("%s cannot be read, or is not written the one way.", name)
		return nil, false
	}
	return out, true
}

// checkReceipts: each receipt verifies by itself, stands in the trail of the pack, and is there for each end that has one.
func (p *pack) checkReceipts() {
	wanted := maps.Clone(p.log.receipts)
	for _, name := range slices.Sorted(maps.Keys(p.files)) {
		if !strings.HasPrefix(name, packReceipts) {
			continue
		}
		raw, err := p.read(name, MaxReceipt)
		rep, wrong := ReceiptReport{}, err
		if err == nil {
			rep, wrong = CheckReceipt(raw, Outside{Keys: p.keys})
		}
		p.report.Receipts++
		sum, known := wanted[rep.Entry.Number]
		switch {
		case wrong != nil:
			p.find("%s is no receipt that can be read.", memberWords(name))
		case len(rep.Findings) > 0:
			p.find("%s does not hold: %s", memberWords(name), rep.Findings[0].Words)
		case name != ReceiptMember(rep.Erasure, rep.Amendment):
			p.find("%s is the receipt of another erasure than its name says.", memberWords(name))
		case rep.Head != p.report.Head:
			p.find("%s stands under another head than the trail in the pack.", memberWords(name))
		case !known || sum != rep.Entry.Commits[CommitReceipt]:
			p.find("%s is a receipt that no entry about the requests of this pack was made for.", memberWords(name))
		}
		delete(wanted, rep.Entry.Number)
	}
	for _, n := range slices.Sorted(maps.Keys(wanted)) {
		p.find("The receipt that entry %d was made for is missing in the pack.", n)
	}
}
