package filter

import "strings"

// wild tells whether a text fits a pattern, given as the texts between its wildcards. Each is taken where it comes first: a later place would
// leave less for those behind it.
func wild(parts []string, text string) bool {
	last := len(parts) - 1
	if last == 0 {
		return text == parts[0]
	}
	rest, ok := strings.CutPrefix(text, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1:last] {
		i := strings.Index(rest, part)
		if i < 0 {
			return false
		}
		rest = rest[i+len(part):]
	}
	return strings.HasSuffix(rest, parts[last])
}

// within tells whether at most so many insertions, deletions and replacements of one character make one text of another (Levenshtein). Only
// the cells of the table are filled that can still lead there.
func within(a, b []rune, edits int) bool {
	if d := len(a) - len(b); d > edits || -d > edits {
		return false
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		from, to := max(0, i-edits), min(len(b), i+1+edits)
		if next(row, a[i], b, from, to, i, edits) > edits {
			return false
		}
	}
	return row[len(b)] <= edits
}

// next turns the row of a[:i] into that of a[:i+1] between from and to, and gives its least cell.
func next(row []int, c rune, b []rune, from, to, i, edits int) int {
	least, diagonal := edits+1, row[from]
	if row[from] = edits + 1; from == 0 {
		row[0] = i + 1
	}
	least = min(least, row[from])
	for j := from + 1; j <= to; j++ {
		above := row[j]
		if j == i+1+edits { // outside of the band of the row before
			above = edits + 1
		}
		cost := diagonal
		if b[j-1] != c {
			cost++
		}
		diagonal = row[j]
		row[j] = min(cost, above+1, row[j-1]+1)
		least = min(least, row[j])
	}
	return least
}

// approximates tells whether some part of a text is within so many edits of another (Sellers, "The theory and computation of evolutionary
// distances", 1980, with Ukkonen's cut-off: only the cells are filled that can still lead there).
func approximates(part, text []rune, edits int) bool {
	column := make([]int, len(part)+1)
	for i := range column {
		column[i] = i
	}
	active := min(edits, len(part)) // the last cell that is no more than edits
	if active == len(part) {
		return true
	}
	for _, c := range text {
		diagonal := 0
		end := min(active+1, len(part))
		for i := 1; i <= end; i++ {
			left := column[i]
			if i == active+1 {
				left = edits + 1
			}
			cost := diagonal
			if part[i-1] != c {
				cost++
			}
			diagonal = column[i]
			column[i] = min(cost, left+1, column[i-1]+1)
		}
		for active = end; column[active] > edits; active-- {
		}
		if active == len(part) {
			return true
		}
	}
	return false
}

// close finds words in a row, or runs without blanks, that are within so many edits of a value.
func (d *reader) close(whole string, edits int, chunks, anywhere bool) func(value, language string) bool {
	if anywhere {
		want := []rune(whole)
		return func(value, _ string) bool { return approximates(want, []rune(d.read(value).folded), edits) }
	}
	words := strings.Fields(whole)
	want, n := []rune(strings.Join(words, " ")), max(len(words), 1)
	return func(value, _ string) bool {
		tokens := d.read(value).tokens(chunks)
		for from := 0; from+n <= len(tokens); from++ {
			if within(want, []rune(strings.Join(tokens[from:from+n], " ")), edits) {
				return true
			}
		}
		return false
	}
}
