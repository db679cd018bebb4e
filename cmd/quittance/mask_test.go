package main

import (
	"io"
	"strings"
	"testing"
)

func TestMaskCommand(t *testing.T) {
	long := strings.Repeat("x", maskLine+1)
	for name, c := range map[string]struct {
		args       []string
		in         string
		code       int
		out, error string
	}{
		"text":             {nil, "Hi, my name is Ann Lee.\nCall 07700 900118", 0, "Hi, my name is [name].\nCall [phone]", ""},
		"over two lines":   {nil, "Viele Grüße\nAnna\n\nname", 0, "Viele Grüße\n[name]\n\nname", ""},
		"nothing":          {nil, "", 0, "", ""},
		"code points":      {[]string{"-json"}, `{"text":"é😀: a@b.de","lang":"fr"}` + "\n", 0, `{"spans":[{"start":4,"end":10,"kind":"email"}]}` + "\n", ""},
		"no finds":         {[]string{"-json"}, "{\"text\":\"ok\"}\n\n{\"text\":\"\",\"more\":1}", 0, "{\"spans\":[]}\n{\"spans\":[]}\n", ""},
		"not JSON":         {[]string{"-json"}, "{\"text\":\"ok\"}\nsecret\n", 1, "{\"spans\":[]}\n", "quittance: line 2: not a JSON object with a string \"text\" and perhaps a string \"lang\"\n"},
		"no text":          {[]string{"-json"}, `{"lang":"de"}`, 1, "", "quittance: line 1: it has no \"text\"\n"},
		"text is a number": {[]string{"-json"}, `{"text":7}`, 1, "", "quittance: line 1: not a JSON object with a string \"text\" and perhaps a string \"lang\"\n"},
		"not UTF-8":        {nil, "ok\n\n\xff", 1, "ok\n\n", "quittance: reading standard input: line 3 is not valid UTF-8\n"},
		"too long":         {[]string{"-json"}, long, 1, "", "quittance: reading standard input: line 1 is longer than 1 MiB\n"},
	} {
		var out, errs strings.Builder
		code := run(t.Context(), append([]string{"mask"}, c.args...), nil, strings.NewReader(c.in), &out, &errs)
		if code != c.code || out.String() != c.out || errs.String() != c.error {
			t.Errorf("%s: exit %d, out %q, errors %q", name, code, out.String(), errs.String())
		}
	}
	if code := run(t.Context(), []string{"mask", "file"}, nil, strings.NewReader(""), io.Discard, io.Discard); code != 2 {
		t.Errorf("an argument too many exits with %d", code)
	}
}

// A program that keeps the command open beside itself has each answer before it sends the next line.
func TestMaskAnswersAtOnce(t *testing.T) {
	in, send := io.Pipe()
	answers, out := io.Pipe()
	done := make(chan int, 1)
	go func() { done <- run(t.Context(), []string{"mask", "-json"}, nil, in, out, io.Discard) }()
	for range 3 {
		if _, err := io.WriteString(send, "{\"text\":\"a@b.de\"}\n"); err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 200)
		n, err := answers.Read(buf)
		if want := "{\"spans\":[{\"start\":0,\"end\":6,\"kind\":\"email\"}]}\n"; err != nil || string(buf[:n]) != want {
			t.Fatalf("%q, %v", buf[:n], err)
		}
	}
	send.Close()
	if code := <-done; code != 0 {
		t.Errorf("exit %d", code)
	}
}
