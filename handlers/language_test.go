package handlers

import (
	"net/http/httptest"
	"testing"

	"quittance/views/lang"
)

// At the door a page is in the language that the browser asks for first among those that are offered, else in the house's.
func TestLanguageAtTheDoor(t *testing.T) {
	both, english := lang.Languages, lang.Languages[:1]
	for _, c := range []struct {
		asked   string
		offered []lang.Named
		house   lang.Language
		want    lang.Language
	}{
		{"de-AT,de;q=0.9,en;q=0.5", both, "", lang.German},
		{"fr,de;q=0.3", both, "", lang.German},
		{"en;q=0.4,de;q=0.3", both, "", lang.English},
		{"fr", both, lang.German, lang.German},
		{"", both, "", lang.English},
		{"de;;;", both, "", lang.English},
		{"de", english, lang.German, lang.English},
	} {
		s := &Server{conf: Config{Languages: c.offered, Language: c.house}}
		r := httptest.NewRequest("GET", "/signin", nil)
		r.Header.Set("Accept-Language", c.asked)
		if got := s.languageOf(r); got != c.want {
			t.Errorf("%q, the house %q: %q, want %q", c.asked, c.house, got, c.want)
		}
	}
}
