package views

import "testing"

// testExport is an export in the middle of its file.
func testExport() Export {
	return Export{Number: 9, What: "Improvement set", State: ExportStates["making"], Sentence: "It goes on by itself. You can leave this page and come back.", Push: "/exports/9/live", Updated: "12:00:00",
		Lead: "48,000 rows gone through", Detail: "4,800 rows a second; about 10.8 s left.", Bar: []Seg{{"run", "Gone through", 48000}, {"wait", "Waiting", 52000}}, Cancel: true,
		Facts: []KV{{Key: "What", Value: "Improvement set"}, {Key: "By", Value: "Rita Lind"}}}
}

func TestExportPages(t *testing.T) {
	render(t, "export-making", testExport())
	v := testExport()
	v.State, v.Push, v.Cancel, v.Fetch, v.Lead, v.Detail, v.Bar = ExportStates["ready"], "", false, true, "9.1 MB", "In 21.0 s.", nil
	render(t, "export-ready", v)
	v.Fetch, v.Others = false, true
	render(t, "export-others", v)
	v.State, v.Others, v.AgainHref = ExportStates["dropped"], false, "/exports?format=ndjson&what=improvement"
	render(t, "export-dropped", v)
}
