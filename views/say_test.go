package views

import (
	"bytes"
	"context"
	"testing"

	"quittance/views/lang"
)

func TestRich(t *testing.T) {
	for sentence, want := range map[string]string{
		"Off in the <0>settings</0>.":   `Off in the <a class="link" href="/settings">settings</a>.`,
		"<1>b</1> before <0>a</0>":      `<b>b</b> before <a class="link" href="/settings">a</a>`,
		"Plain & <i>simple</i>":         "Plain &amp; &lt;i&gt;simple&lt;/i&gt;",
		"<0>left open":                  "&lt;0&gt;left open",
		"<2>no such mark</2>":           "&lt;2&gt;no such mark&lt;/2&gt;",
		"<0></0>":                       `<a class="link" href="/settings"></a>`,
		"</0> closes before <0>it</0> ": `&lt;/0&gt; closes before <a class="link" href="/settings">it</a> `,
	} {
		var out bytes.Buffer
		if err := rich(sentence, linkTo("/settings"), strong).Render(context.Background(), &out); err != nil || out.String() != want {
			t.Errorf("%q became %q, %v; want %q", sentence, out.String(), err, want)
		}
	}
}

// The pages that are said in every language, as somebody who reads German sees them.
func TestGerman(t *testing.T) {
	frame := testFrame
	frame.Nav, frame.Roles = nil, "" // what handlers say
	ctx := lang.With(WithFrame(context.Background(), frame), lang.German)
	renderIn(t, ctx, "settings_de", Settings{Theme: "auto", Density: "normal", Zone: "Europe/Berlin", Zones: []Option{{Value: "Europe/Berlin", Label: "Europe/Berlin"}}})
	renderIn(t, ctx, "sessions_de", Sessions{Rows: []SessionRow{{Number: 8, Browser: "Chromium, Linux", Current: true, End: true}}})
}
