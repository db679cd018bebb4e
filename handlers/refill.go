package handlers

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"quittance/db"
)

// refill puts what was typed into the form of a page that posts where it was posted to, opens what folds it away, and puts a note above the
// page. Hidden fields stay as the page has them: what is sent is what is shown now. false = the page has no such form.
func refill(page []byte, d db.Draft, note []byte) ([]byte, bool) {
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return nil, false
	}
	form := formFor(doc, d)
	if form == nil {
		return nil, false
	}
	fillForm(doc, form, d.Fields)
	form.AppendChild(element("input", "type", "hidden", "name", sentForm, "value", decimal(d.Number)))
	for p := form.Parent; p != nil; p = p.Parent {
		if p.DataAtom == atom.Details || p.DataAtom == atom.Dialog {
			set(p, "open", "")
		}
	}
	stand(doc)
	if !putNote(doc, form, note) {
		return nil, false
	}
	var out bytes.Buffer
	if err := html.Render(&out, doc); err != nil {
		return nil, false
	}
	return out.Bytes(), true
}

// formFor finds the form; of several that post to the same place the one whose hidden fields say what was sent.
func formFor(doc *html.Node, d db.Draft) *html.Node {
	var first *html.Node
	for n := range doc.Descendants() {
		if n.DataAtom != atom.Form || !strings.EqualFold(attr(n, "method"), "post") || !postsTo(n, d.Action) {
			continue
		}
		if sameHidden(n, d.Fields) {
			return n
		}
		if first == nil {
			first = n
		}
	}
	return first
}

func postsTo(form *html.Node, action string) bool {
	if attr(form, "action") == action {
		return true
	}
	for n := range form.Descendants() {
		if n.DataAtom == atom.Button && attr(n, "formaction") == action {
			return true
		}
	}
	return false
}

func sameHidden(form *html.Node, fields url.Values) bool {
	for n := range form.Descendants() {
		if n.DataAtom == atom.Input && attr(n, "type") == "hidden" && !slices.Contains(fields[attr(n, "name")], attr(n, "value")) {
			return false
		}
	}
	return true
}

// fillForm fills the controls in the form, and those elsewhere that name it.
func fillForm(doc, form *html.Node, fields url.Values) {
	left := map[string][]string{}
	for name, values := range fields {
		left[name] = values
	}
	id := attr(form, "id")
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && (within(n, form) && attr(n, "form") == "" || id != "" && attr(n, "form") == id) {
			fillControl(n, fields, left)
		}
	}
}

func within(n, form *html.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p == form {
			return true
		}
	}
	return false
}

// fillControl fills one control. left are the values of each name that no field of text has taken yet, in their order.
func fillControl(n *html.Node, fields url.Values, left map[string][]string) {
	name := attr(n, "name")
	values, sent := fields[name]
	if name == "" || slices.Contains(unkept, name) {
		return
	}
	switch n.DataAtom {
	case atom.Textarea:
		if sent {
			for c := n.FirstChild; c != nil; c = n.FirstChild {
				n.RemoveChild(c)
			}
			n.AppendChild(&html.Node{Type: html.TextNode, Data: next(left, name)})
		}
	case atom.Select:
		if sent {
			for o := range n.Descendants() {
				if o.DataAtom == atom.Option {
					mark(o, "selected", slices.Contains(values, attr(o, "value")))
				}
			}
		}
	case atom.Input:
		fillInput(n, values, sent, left)
	}
}

func fillInput(n *html.Node, values []string, sent bool, left map[string][]string) {
	switch attr(n, "type") {
	case "hidden", "password", "file", "submit", "button", "reset", "image":
	case "checkbox", "radio":
		mark(n, "checked", slices.Contains(values, attr(n, "value")))
	default:
		if sent {
			set(n, "value", next(left, attr(n, "name")))
		}
	}
}

func next(left map[string][]string, name string) string {
	if len(left[name]) == 0 {
		return ""
	}
	v := left[name][0]
	left[name] = left[name][1:]
	return v
}

// stand lets the page stand as it is: a push or a refresh would put its own form over what was typed.
func stand(doc *html.Node) {
	var gone []*html.Node
	for n := range doc.Descendants() {
		switch {
		case n.DataAtom == atom.Noscript:
			gone = append(gone, n)
		case attr(n, "hx-sse:connect") != "":
			unset(n, "hx-sse:connect")
		}
	}
	for _, n := range gone {
		if n.Parent.DataAtom == atom.Head {
			n.Parent.RemoveChild(n)
		}
	}
}

// putNote puts the note first on the page, with a name that leads to the form.
func putNote(doc, form *html.Node, note []byte) bool {
	for n := range doc.Descendants() {
		if n.DataAtom != atom.Div || attr(n, "class") != "wrap" {
			continue
		}
		parts, err := html.ParseFragment(bytes.NewReader(note), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
		if err != nil {
			return false
		}
		for _, p := range slices.Backward(parts) {
			n.InsertBefore(p, n.FirstChild)
		}
		anchor := element("span", "id", sentForm, "class", "vh")
		form.InsertBefore(anchor, form.FirstChild)
		return true
	}
	return false
}

func element(name string, attrs ...string) *html.Node {
	n := &html.Node{Type: html.ElementNode, Data: name, DataAtom: atom.Lookup([]byte(name))}
	for i := 0; i+1 < len(attrs); i += 2 {
		set(n, attrs[i], attrs[i+1])
	}
	return n
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func set(n *html.Node, name, value string) {
	unset(n, name)
	n.Attr = append(n.Attr, html.Attribute{Key: name, Val: value})
}

func unset(n *html.Node, name string) {
	n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// mark sets an attribute without a value, or takes it away.
func mark(n *html.Node, name string, on bool) {
	unset(n, name)
	if on {
		set(n, name, "")
	}
}
