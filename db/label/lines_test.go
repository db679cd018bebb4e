package label

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestReadLines(t *testing.T) {
	long := strings.Repeat("x", 1025)
	for _, c := range []struct {
		name, text      string
		csv             bool
		valid           string // number:ID …
		repeats, faults string // number:first …, number …
	}{
		{name: "empty"},
		{name: "blank lines", text: "\n \r\n\t\n"},
		{name: "one", text: "ada", valid: "1:ada"},
		{name: "line ends of every kind", text: "ada\r\nben\ncyd\r\n", valid: "1:ada 2:ben 3:cyd"},
		{name: "spaces around", text: "  ada \n\tben", valid: "1:ada 2:ben"},
		{name: "byte order mark", text: "\ufeffada\nada", valid: "1:ada", repeats: "2:1"},
		{name: "case counts", text: "ada\nAda", valid: "1:ada 2:Ada"},
		{name: "repeats", text: "ada\n\nben\nada\nben\nada", valid: "1:ada 3:ben", repeats: "4:1 5:3 6:1"},
		{name: "bad ones", text: "a;b\nok\na=b\na\x01b\n\xff\n" + long, valid: "2:ok", faults: "1 3 4 5 6"},
		{name: "a bad one is no repeat", text: "a;b\na;b", faults: "1 2"},
		{name: "a comma may stand in an ID", text: "last,first", valid: "1:last,first"},
		{name: "quotes too", text: `"ada"`, valid: `1:"ada"`},
		{name: "csv", text: "ada,Ada Lovelace,1815\nben,\"B,\nC\",2\ncyd\n", csv: true, valid: "1:ada 2:ben 4:cyd"},
		{name: "csv header", text: "Customer_ID,name\nada,x", csv: true, valid: "2:ada"},
		{name: "no header in text", text: "customer_id\nada", valid: "1:customer_id 2:ada"},
		{name: "csv of semicolons", text: "ada;1\nben;2", csv: true, valid: "1:ada 2:ben"},
		{name: "csv quoted", text: "\"last, first\",1\n\"say \"\"hi\"\"\"\n", csv: true, valid: `1:last, first 2:say "hi"`},
		{name: "csv blank first column", text: ",x\nada,y", csv: true, valid: "2:ada"},
		{name: "csv broken", text: "ada,1\nb\"en,2\ncyd,3", csv: true, valid: "1:ada", faults: "2"},
		{name: "csv open to the end", text: "ada,1\n\"ben,2\ncyd,3", csv: true, valid: "1:ada", faults: "2"},
	} {
		got, err := ReadLines(c.text, c.csv)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var valid, repeats, faults []string
		for _, v := range got.Valid {
			valid = append(valid, fmt.Sprintf("%d:%s", v.Number, v.ID))
		}
		for _, v := range got.Repeats {
			repeats = append(repeats, fmt.Sprintf("%d:%d", v.Number, v.First))
		}
		for _, v := range got.Faults {
			faults = append(faults, fmt.Sprint(v.Number))
			if v.Err == nil || v.Text != "" && strings.Contains(v.Err.Error(), v.Text) {
				t.Errorf("%s: the error of line %d is %v", c.name, v.Number, v.Err)
			}
		}
		for what, pair := range map[string][2]string{"valid": {strings.Join(valid, " "), c.valid}, "repeats": {strings.Join(repeats, " "), c.repeats}, "faults": {strings.Join(faults, " "), c.faults}} {
			if pair[0] != pair[1] {
				t.Errorf("%s: %s are %q, want %q", c.name, what, pair[0], pair[1])
			}
		}
	}
}

func TestReadLinesBounds(t *testing.T) {
	var b strings.Builder
	for i := range MaxListLines {
		fmt.Fprintf(&b, "id-%d\n\n", i)
	}
	if got, err := ReadLines(b.String(), false); err != nil || len(got.Valid) != MaxListLines {
		t.Errorf("%d lines, %v", len(got.Valid), err)
	}
	if got, err := ReadLines(b.String()+"one more", false); !errors.Is(err, ErrLong) || len(got.Valid) != 0 {
		t.Errorf("%d lines, %v", len(got.Valid), err)
	}
	if _, err := ReadLines(strings.Repeat("\n", MaxListBytes+1), false); !errors.Is(err, ErrLong) {
		t.Error(err)
	}
	if s := (Fault{Text: strings.Repeat("é", 100) + "\xff"}).Short(); !utf8.ValidString(s) || utf8.RuneCountInString(s) != 61 {
		t.Errorf("%q", s)
	}
}

// FuzzReadLines: each line is one thing, in order, and what is valid is an ID that is read as itself again.
func FuzzReadLines(f *testing.F) {
	for _, seed := range []string{"", "ada\nben", "a;b\n\n\"x\"", "ada,1\n\"b\nc\",2", "\ufeffcustomer_id\r\nx", "\xff\x00\n=", "a\"b\n", ";\n;;", "\"\"\"\n"} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, text string, asCSV bool) {
		l, err := ReadLines(text, asCSV)
		if err != nil {
			if !errors.Is(err, ErrLong) {
				t.Fatal(err)
			}
			return
		}
		var numbers []int
		byNumber := map[int]ID{}
		var again strings.Builder
		again.WriteString("\n") // an ID may begin with what is a byte order mark at the beginning
		for _, v := range l.Valid {
			numbers, byNumber[v.Number] = append(numbers, v.Number), v.ID
			again.WriteString(v.ID.String() + "\n")
		}
		for _, v := range l.Repeats {
			numbers = append(numbers, v.Number)
			if _, ok := byNumber[v.First]; !ok || v.First >= v.Number {
				t.Errorf("line %d repeats line %d", v.Number, v.First)
			}
		}
		for _, v := range l.Faults {
			numbers = append(numbers, v.Number)
		}
		slices.Sort(numbers)
		if len(slices.Compact(slices.Clone(numbers))) != len(numbers) || len(numbers) > 0 && (numbers[0] < 1 || numbers[len(numbers)-1] > strings.Count(text, "\n")+1) {
			t.Errorf("lines %v", numbers)
		}
		twice, err := ReadLines(again.String(), false)
		if err != nil || len(twice.Valid) != len(l.Valid) || len(twice.Repeats)+len(twice.Faults) != 0 {
			t.Fatalf("read again: %+v, %v", twice, err)
		}
		for i := range twice.Valid {
			if !reflect.DeepEqual(twice.Valid[i].ID, l.Valid[i].ID) {
				t.Errorf("line %d is another one", i+1)
			}
		}
	})
}
