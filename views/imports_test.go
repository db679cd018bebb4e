package views

import "testing"

// testImport is an import in the middle of its file.
func testImport() Import {
	return Import{Number: 7, Service: "support-bot", State: ImportStates["running"], Sentence: "It goes on by itself. You can leave this page and come back.", Push: "/imports/7/live", Updated: "12:00:00",
		Lead: "48,000 lines taken in", Detail: "4,800 lines a second; about 12.0 s left.", Bar: []Seg{{"run", "Taken in", 60}, {"wait", "Waiting", 40}}, Cancel: true, Refused: 60,
		Counts: []KV{{Key: "Stored", Value: "47,000"}, {Key: "Refused", Value: "60"}}, Facts: []KV{{Key: "Service", Value: "support-bot", Href: "/services/1"}},
		Faults: []ImportFault{{12, "It has no log_id."}, {9000, "It is longer than 8 MiB."}}}
}

func TestImportPages(t *testing.T) {
	render(t, "import-running", testImport())
	v := testImport()
	v.State, v.Push, v.Cancel, v.Discard, v.Detail, v.Refused, v.Faults = ImportStates["cut"], "", false, true, "60.0 MB of 100.0 MB had come.", 0, nil
	v.GoOn = &ImportForm{One: true, Service: "1"}
	render(t, "import-cut", v)
}

func TestImportsPages(t *testing.T) {
	form := &ImportForm{Services: []Option{{Value: "1", Label: "support-bot"}}, Service: "1", Error: "Choose a file."}
	render(t, "imports", Imports{Form: form, Push: "/imports/live", Rows: []ImportRow{{Number: 7, Service: "support-bot", State: ImportStates["running"], Bar: []Seg{{"run", "Taken in", 60}, {"wait", "Waiting", 40}},
		Stored: 47000, Refused: 60, By: "Ada Min"}, {Number: 6, Service: "support-bot", State: ImportStates["done"], Stored: 12, By: "Command line"}}})
	render(t, "imports-empty", Imports{Empty: Empty{Title: "Nothing was imported yet", Detail: "It will stand here."}})
	render(t, "imports-shut", Imports{Form: &ImportForm{Shut: "Another file is being imported. Send the next one when it has ended."}, Empty: Empty{Title: "Nothing was imported yet"}})
}
