package handlers

import (
	"net/http"
	"strings"
	"testing"

	"quittance/db"
	"quittance/db/audit"
	"quittance/db/erasure"
)

// door is the answer to somebody who is not signed in: 303 to the sign-in page.
const door = -1

// cell is one line of the matrix: a route, an address and a form to try it with, and the answer to each of five. It is written out by
// hand and asks no code of ours who may what: design.md, section 1, is what it was written from.
type cell struct {
	route, path, form                         string
	visitor, support, officer, auditor, admin int
}

// matrix is role × route × method × object. {own} is the asker's own search, {search} support's, {ref} a data subject, {session} a session
// of somebody else. The forms are mostly such that they are refused (422), so that one cell does not change the next.
var matrix = []cell{
	{"GET /{$}", "/", "", door, 200, 200, 200, 200},
	{"GET /live", "/live", "", door, 200, 200, 200, 200},
	{"GET /signin", "/signin", "", 200, 303, 303, 303, 303},
	{"POST /signin", "/signin", "email=nobody&password=wrong", 401, 401, 401, 401, 401},
	{"GET /signin/oidc", "/signin/oidc", "", 502, 502, 502, 502, 502},
	{"GET /signin/callback", "/signin/callback", "", 502, 502, 502, 502, 502},
	{"POST /signout", "/signout", "", door, 303, 303, 303, 303},

	{"GET /coverage", "/coverage", "", door, 200, 200, 200, 200},
	{"GET /coverage/conversations", "/coverage/conversations", "", door, 200, 200, 403, 403},
	{"GET /coverage/repair", "/coverage/repair", "", door, 403, 422, 403, 403},
	{"POST /coverage/repair", "/coverage/repair", "", door, 403, 422, 403, 403},
	{"POST /coverage/repairs/{number}/undo", "/coverage/repairs/99/undo", "", door, 403, 409, 403, 403},
	{"GET /search", "/search", "", door, 200, 200, 403, 403},
	{"POST /search", "/search", "q=", door, 422, 422, 403, 403},
	{"POST /search", "/search", "q=abc", door, 303, 303, 403, 403},
	{"POST /search/erased", "/search/erased", "id=", door, 422, 422, 403, 403},
	{"POST /search/erased", "/search/erased", "id=abc", door, 200, 200, 403, 403},
	{"GET /searches/{token}", "/searches/{own}", "", door, 200, 200, 403, 403},
	{"GET /searches/{token}", "/searches/{search}", "", door, 200, 404, 403, 403},
	{"POST /searches/{token}/csv", "/searches/{own}/csv", "", door, 403, 200, 403, 403},
	{"POST /searches/{token}/csv", "/searches/{search}/csv", "", door, 403, 404, 403, 403},
	{"POST /searches/{token}/save", "/searches/{own}/save", "name=a", door, 404, 404, 403, 403},
	{"POST /searches/{token}/save", "/searches/{search}/save", "name=a", door, 404, 404, 403, 403},
	{"POST /search", "/search", "ids=", door, 422, 422, 403, 403},
	{"POST /search", "/search", "ids=abc", door, 303, 303, 403, 403},
	{"POST /search", "/search", "saved=99", door, 404, 404, 403, 403},
	{"POST /search/filters/{number}", "/search/filters/99", "name=a", door, 404, 404, 403, 403},
	{"POST /search/filters/{number}", "/search/filters/99", "name=", door, 422, 422, 403, 403},
	{"POST /search/filters/{number}/delete", "/search/filters/99/delete", "", door, 404, 404, 403, 403},
	{"GET /lists/{token}/found", "/lists/{list}/found", "", door, 200, 404, 403, 403},
	{"POST /lists/{token}/csv", "/lists/{list}/csv", "", door, 403, 404, 403, 403},
	{"GET /searches/{token}/erasure", "/searches/{own}/erasure", "", door, 200, 200, 403, 403},
	{"GET /searches/{token}/erasure", "/searches/{search}/erasure", "", door, 200, 404, 403, 403},
	{"POST /searches/{token}/erasure", "/searches/{own}/erasure", "", door, 422, 422, 403, 403},
	{"POST /searches/{token}/erasure", "/searches/{search}/erasure", "", door, 422, 404, 403, 403},
	{"GET /searches/{token}/elsewhere", "/searches/{own}/elsewhere", "", door, 200, 200, 403, 403},
	{"GET /searches/{token}/elsewhere", "/searches/{search}/elsewhere", "", door, 200, 404, 403, 403},
	{"GET /subjects/{ref}/elsewhere", "/subjects/{ref}/elsewhere", "", door, 200, 200, 403, 403},
	{"GET /subjects/{ref}/elsewhere", "/subjects/s_nobody/elsewhere", "", door, 404, 404, 403, 403},
	{"GET /subjects/{ref}", "/subjects/{ref}", "", door, 200, 200, 403, 403},
	{"GET /subjects/{ref}", "/subjects/s_nobody", "", door, 404, 404, 403, 403},
	{"GET /subjects/{ref}/records", "/subjects/{ref}/records", "", door, 200, 200, 403, 403},
	{"POST /subjects/{ref}/aliases", "/subjects/{ref}/aliases", "other=s_nobody", door, 409, 409, 403, 403},
	{"POST /subjects/{ref}/aliases", "/subjects/s_nobody/aliases", "", door, 404, 404, 403, 403},
	{"POST /subjects/{ref}/aliases/undo", "/subjects/{ref}/aliases/undo", "other=s_nobody", door, 409, 409, 403, 403},
	{"POST /subjects/{ref}/returned/erase", "/subjects/{ref}/returned/erase", "", door, 404, 404, 403, 403},
	{"POST /subjects/{ref}/returned/dismiss", "/subjects/{ref}/returned/dismiss", "why=customer-again", door, 403, 404, 403, 403},
	{"GET /records/{number}", "/records/1", "", door, 200, 200, 403, 403},
	{"GET /records/{number}", "/records/99", "", door, 404, 404, 403, 403},
	{"GET /records/{number}/picture", "/records/3/picture", "", door, 404, 404, 403, 403},
	{"POST /records/{number}/reveal", "/records/3/reveal", "purpose=incident", door, 200, 200, 403, 403},
	{"GET /records/{number}/picture", "/records/3/picture", "", door, 200, 200, 403, 403},
	{"GET /records/{number}/picture", "/records/99/picture", "", door, 404, 404, 403, 403},
	{"POST /records/{number}/reveal", "/records/1/reveal", "", door, 422, 422, 403, 403},
	{"POST /records/{number}/reveal", "/records/1/reveal", "purpose=incident", door, 200, 200, 403, 403},

	{"POST /erasures/csv", "/erasures/csv", "", door, 403, 200, 200, 403},
	{"POST /batches/csv", "/batches/csv", "", door, 403, 200, 200, 403},
	{"POST /holds/csv", "/holds/csv", "", door, 403, 200, 200, 403},
	{"POST /services/csv", "/services/csv", "", door, 403, 200, 200, 403},
	{"POST /services/keys/csv", "/services/keys/csv", "", door, 403, 403, 403, 200},
	{"POST /users/csv", "/users/csv", "", door, 403, 403, 403, 200},
	{"POST /audit/csv", "/audit/csv", "", door, 403, 200, 200, 403},
	{"POST /checks/csv", "/checks/csv", "", door, 403, 200, 200, 403},
	{"POST /samples/csv", "/samples/csv", "", door, 403, 200, 200, 403},
	{"POST /drills/csv", "/drills/csv", "", door, 403, 200, 200, 403},
	{"POST /backups/csv", "/backups/csv", "", door, 403, 200, 200, 403},
	{"POST /exports/csv", "/exports/csv", "", door, 403, 200, 200, 403},
	{"POST /policies/csv", "/policies/csv", "", door, 403, 200, 200, 403},
	{"POST /casefiles/csv", "/casefiles/csv", "", door, 403, 200, 200, 403},
	{"POST /imports/csv", "/imports/csv", "", door, 403, 200, 200, 403},
	{"POST /sessions/csv", "/sessions/csv", "", door, 200, 200, 200, 200},
	{"POST /webhooks/csv", "/webhooks/csv", "", door, 403, 403, 403, 200},
	{"GET /erasures", "/erasures", "", door, 200, 200, 200, 200},
	{"GET /erasures/new", "/erasures/new?subject={ref}", "", door, 200, 200, 403, 403},
	{"POST /erasures", "/erasures", "subject={ref}", door, 422, 422, 403, 403},
	{"GET /erasures/bulk", "/erasures/bulk", "", door, 200, 200, 403, 403},
	{"POST /erasures/bulk", "/erasures/bulk", "ids=", door, 422, 422, 403, 403},
	{"GET /lists/{token}", "/lists/{list}", "", door, 200, 404, 403, 403},
	{"POST /lists/{token}", "/lists/{list}", "reason=17-1-b", door, 422, 404, 403, 403},
	{"GET /bulks/{number}", "/bulks/1", "", door, 200, 200, 200, 200},
	{"GET /bulks/{number}", "/bulks/2", "", door, 404, 404, 404, 404},
	{"GET /bulks/{number}/live", "/bulks/1/live", "", door, 200, 200, 200, 200},
	{"POST /bulks/{number}/approve", "/bulks/1/approve", "", door, 403, 409, 403, 403},
	{"POST /bulks/{number}/refuse", "/bulks/1/refuse", "", door, 403, 409, 403, 403},
	{"POST /bulks/{number}/withdraw", "/bulks/1/withdraw", "", door, 409, 409, 403, 403},
	{"POST /bulks/{number}/csv", "/bulks/1/csv", "", door, 403, 200, 200, 403},
	{"GET /erasures/{number}", "/erasures/1", "", door, 200, 200, 200, 200},
	{"GET /erasures/{number}", "/erasures/99", "", door, 404, 404, 404, 404},
	{"GET /erasures/{number}/live", "/erasures/1/live", "", door, 200, 200, 200, 200},
	{"GET /erasures/{number}/receipt", "/erasures/1/receipt", "", door, 200, 200, 200, 200},
	{"GET /erasures/{number}/receipt.json", "/erasures/1/receipt.json", "", door, 200, 200, 200, 200},
	{"GET /erasures/{number}/receipt.json", "/erasures/1/receipt.json?amendment=1", "", door, 404, 404, 404, 404},
	{"GET /erasures/{number}/receipt", "/erasures/1/receipt?amendment=0", "", door, 200, 200, 200, 200},
	{"GET /erasures/{number}/receipt", "/erasures/1/receipt?amendment=1", "", door, 404, 404, 404, 404},
	{"POST /erasures/{number}/receipt/salt", "/erasures/1/receipt/salt", "", door, 200, 200, 403, 403},
	{"POST /erasures/{number}/receipt/salt", "/erasures/2/receipt/salt", "", door, 404, 404, 403, 403},
	{"GET /verifier", "/verifier", "", 200, 200, 200, 200, 200},
	{"POST /erasures/{number}/approve", "/erasures/2/approve", "", door, 403, 422, 403, 403},
	{"POST /erasures/{number}/refuse", "/erasures/2/refuse", "", door, 403, 422, 403, 403},
	{"POST /erasures/{number}/refresh", "/erasures/2/refresh", "", door, 303, 303, 403, 403},
	{"POST /erasures/{number}/withdraw", "/erasures/99/withdraw", "", door, 404, 404, 403, 403},
	{"POST /erasures/{number}/parts/{service}/retry", "/erasures/1/parts/1/retry", "", door, 409, 409, 403, 403},
	{"POST /erasures/{number}/parts/{service}/attest", "/erasures/1/parts/1/attest", "", door, 403, 409, 403, 403},
	{"POST /erasures/{number}/parts/{service}/attest", "/erasures/3/parts/3/attest", "", door, 403, 422, 403, 403},
	{"POST /erasures/{number}/parts/{service}/abandon", "/erasures/1/parts/1/abandon", "", door, 403, 409, 403, 403},
	{"POST /erasures/{number}/parts/{service}/abandon", "/erasures/3/parts/3/abandon", "", door, 403, 422, 403, 403},
	{"GET /erasures/{number}/parts/{service}/evidence", "/erasures/3/parts/3/evidence", "", door, 403, 404, 403, 403},
	{"POST /erasures/{number}/parts/{service}/evidence/erase", "/erasures/3/parts/3/evidence/erase", "", door, 403, 404, 403, 403},
	{"GET /tickets", "/tickets", "", door, 200, 200, 200, 403},
	{"POST /tickets/csv", "/tickets/csv", "", door, 403, 200, 200, 403},
	{"POST /tickets/find", "/tickets/find", "q=99", door, 422, 422, 422, 403},
	{"GET /tickets/new", "/tickets/new?subject={ref}", "", door, 200, 200, 403, 403},
	{"GET /tickets/new", "/tickets/new?subject=s_nobody", "", door, 404, 404, 403, 403},
	{"POST /tickets", "/tickets", "right=", door, 422, 422, 403, 403},
	{"GET /tickets/{number}", "/tickets/1", "", door, 200, 200, 200, 403},
	{"GET /tickets/{number}", "/tickets/99", "", door, 404, 404, 404, 403},
	{"GET /tickets/{number}/live", "/tickets/1/live", "", door, 200, 200, 200, 403},
	{"POST /tickets/{number}/assign", "/tickets/1/assign", "user=0", door, 409, 409, 403, 403},
	{"POST /tickets/{number}/ids", "/tickets/1/ids", "id=", door, 422, 422, 403, 403},
	{"POST /tickets/{number}/ask", "/tickets/1/ask", "why=", door, 422, 422, 403, 403},
	{"POST /tickets/{number}/resume", "/tickets/1/resume", "", door, 409, 409, 403, 403},
	{"POST /tickets/{number}/identity", "/tickets/1/identity", "", door, 422, 422, 403, 403},
	{"POST /tickets/{number}/extend", "/tickets/1/extend", "", door, 422, 422, 403, 403},
	{"POST /tickets/{number}/erasures", "/tickets/1/erasures", "", door, 409, 409, 403, 403},
	{"POST /tickets/{number}/links", "/tickets/1/links", "", door, 422, 422, 403, 403},
	{"POST /tickets/{number}/notes", "/tickets/1/notes", "", door, 422, 422, 403, 403},
	{"POST /tickets/{number}/notes/{note}/erase", "/tickets/1/notes/99/erase", "", door, 404, 404, 403, 403},
	{"POST /tickets/{number}/files", "/tickets/1/files", "", door, 422, 422, 403, 403},
	{"GET /tickets/{number}/files/{file}", "/tickets/1/files/99", "", door, 404, 404, 403, 403},
	{"POST /tickets/{number}/files/{file}/erase", "/tickets/1/files/99/erase", "", door, 404, 404, 403, 403},
	{"POST /tickets/{number}/restrictions", "/tickets/99/restrictions", "", door, 403, 404, 403, 403},
	{"POST /tickets/{number}/restrictions/{hold}/release", "/tickets/99/restrictions/1/release", "", door, 403, 404, 403, 403},
	{"POST /tickets/{number}/answer", "/tickets/99/answer", "", door, 403, 404, 403, 403},
	{"POST /tickets/{number}/refuse", "/tickets/1/refuse", "", door, 403, 422, 403, 403},
	{"POST /tickets/{number}/withdraw", "/tickets/99/withdraw", "", door, 404, 404, 403, 403},
	{"POST /tickets/{number}/abandon", "/tickets/99/abandon", "", door, 404, 404, 403, 403},
	{"POST /tickets/{number}/merge", "/tickets/1/merge", "into=99", door, 404, 404, 403, 403},
	{"POST /tickets/{number}/reopen", "/tickets/1/reopen", "", door, 409, 409, 403, 403},
	{"GET /tickets/{number}/access", "/tickets/99/access", "", door, 404, 404, 403, 403},
	{"POST /tickets/{number}/access", "/tickets/99/access", "", door, 404, 404, 403, 403},
	{"POST /tickets/{number}/access/review", "/tickets/99/access/review", "", door, 404, 404, 403, 403},
	{"POST /tickets/{number}/access/redactions", "/tickets/99/access/redactions", "words=abc&reason=other-person", door, 404, 404, 403, 403},
	{"POST /tickets/{number}/access/redactions/{redaction}/remove", "/tickets/99/access/redactions/1/remove", "", door, 404, 404, 403, 403},
	{"POST /tickets/{number}/access/release", "/tickets/99/access/release", "", door, 403, 404, 403, 403},
	{"POST /tickets/{number}/access/link", "/tickets/99/access/link", "", door, 403, 404, 403, 403},
	{"POST /tickets/{number}/access/controller", "/tickets/99/access/controller", "", door, 403, 404, 403, 403},
	{"POST /tickets/{number}/access/passphrase", "/tickets/99/access/passphrase", "", door, 403, 404, 403, 403},
	{"POST /tickets/{number}/access/file", "/tickets/99/access/file", "", door, 403, 404, 403, 403},
	{"POST /tickets/{number}/access/sent", "/tickets/99/access/sent", "", door, 403, 404, 403, 403},
	{"GET /answers/{token}", "/answers/nothing", "", 404, 404, 404, 404, 404},
	{"POST /answers/{token}", "/answers/nothing", "", 404, 404, 404, 404, 404},
	{"GET /statements", "/statements", "", door, 200, 200, 200, 403},
	{"POST /statements", "/statements", "source=", door, 403, 303, 403, 403},
	{"GET /tickets/{number}/letters/new", "/tickets/1/letters/new", "", door, 200, 200, 403, 403},
	{"GET /tickets/{number}/letters/new", "/tickets/1/letters/new?kind=refusal&language=en", "", door, 409, 200, 403, 403},
	{"POST /tickets/{number}/letters/draft", "/tickets/1/letters/draft", "kind=identity&language=en", door, 422, 422, 403, 403},
	{"POST /tickets/{number}/letters", "/tickets/1/letters", "kind=acknowledgement&language=en", door, 422, 422, 403, 403},
	{"POST /tickets/{number}/letters", "/tickets/1/letters", "kind=refusal&language=en", door, 409, 422, 403, 403},
	{"GET /tickets/{number}/letters/{letter}", "/tickets/1/letters/99", "", door, 404, 404, 403, 403},
	{"GET /tickets/{number}/letters/{letter}/text", "/tickets/1/letters/99/text", "", door, 404, 404, 403, 403},
	{"GET /settings/letters", "/settings/letters", "", door, 200, 200, 200, 403},
	{"GET /settings/letters/{name}", "/settings/letters/contact", "", door, 200, 200, 200, 403},
	{"GET /settings/letters/{name}", "/settings/letters/poem", "", door, 404, 404, 404, 403},
	{"POST /settings/letters/{name}", "/settings/letters/contact", "text={{x}}", door, 403, 422, 403, 403},
	{"POST /settings/letters/{name}/preview", "/settings/letters/contact/preview", "text={{x}}", door, 403, 422, 403, 403},
	{"GET /casefiles", "/casefiles", "", door, 200, 200, 200, 403},
	{"POST /casefiles", "/casefiles", "", door, 403, 422, 403, 403},
	{"POST /casefiles/{number}/approve", "/casefiles/99/approve", "", door, 403, 404, 403, 403},
	{"POST /casefiles/{number}/withdraw", "/casefiles/99/withdraw", "", door, 403, 404, 403, 403},
	{"GET /holds", "/holds", "", door, 200, 200, 200, 403},
	{"GET /holds/new", "/holds/new?subject={ref}", "", door, 403, 200, 403, 403},
	{"GET /holds/new", "/holds/new?subject=s_nobody", "", door, 403, 404, 403, 403},
	{"POST /holds", "/holds", "kind=hold&subject={ref}", door, 403, 422, 403, 403},
	{"GET /holds/{number}", "/holds/1", "", door, 200, 200, 200, 403},
	{"GET /holds/{number}", "/holds/99", "", door, 404, 404, 404, 403},
	{"POST /holds/{number}/confirm", "/holds/1/confirm", "", door, 403, 409, 403, 403},
	{"POST /holds/{number}/review", "/holds/1/review", "review=soon", door, 403, 422, 403, 403},
	{"POST /holds/{number}/ask", "/holds/99/ask", "", door, 403, 404, 403, 403},
	{"POST /holds/{number}/keep", "/holds/1/keep", "", door, 403, 409, 403, 403},
	{"POST /holds/{number}/lift", "/holds/1/lift", "", door, 403, 409, 403, 403},
	{"POST /holds/{number}/release", "/holds/1/release", "", door, 403, 409, 403, 403},
	{"GET /batches", "/batches", "", door, 200, 200, 200, 200},
	{"GET /batches/{number}", "/batches/1", "", door, 200, 200, 200, 200},
	{"GET /batches/live", "/batches/live", "", door, 200, 200, 200, 200},
	{"GET /batches/{number}/live", "/batches/1/live", "", door, 200, 200, 200, 200},
	{"POST /batches/{number}/pause", "/batches/1/pause", "", door, 403, 409, 403, 403},
	{"POST /batches/{number}/pause", "/batches/99/pause", "", door, 403, 404, 403, 403},
	{"POST /batches/{number}/resume", "/batches/1/resume", "", door, 403, 409, 403, 403},
	{"POST /batches/{number}/resume", "/batches/99/resume", "", door, 403, 404, 403, 403},
	{"POST /batches/{number}/stop", "/batches/1/stop", "", door, 403, 409, 403, 403},
	{"POST /batches/{number}/stop", "/batches/99/stop", "", door, 403, 404, 403, 403},
	{"GET /policies", "/policies", "", door, 200, 200, 200, 200},
	{"POST /policies", "/policies", "", door, 403, 422, 403, 403},

	{"GET /clock", "/clock", "", door, 200, 200, 200, 200},
	{"GET /clock", "/clock?received=2026-03-05&country=DE", "", door, 200, 200, 200, 200},
	{"GET /clock", "/clock?received=tomorrow&country=DE", "", door, 422, 422, 422, 422},

	{"GET /backups", "/backups", "", door, 403, 200, 200, 200},
	{"GET /drills", "/drills", "", door, 200, 200, 200, 200},
	{"POST /drills", "/drills", "", door, 403, 303, 403, 303},
	{"GET /drills/{number}", "/drills/1", "", door, 200, 200, 200, 200},
	{"GET /drills/{number}", "/drills/99", "", door, 404, 404, 404, 404},

	{"GET /audit", "/audit", "", door, 403, 200, 200, 200},
	{"GET /audit/{number}", "/audit/1", "", door, 403, 200, 200, 200},
	{"GET /audit/{number}/proof", "/audit/1/proof", "", door, 403, 200, 200, 200},
	{"GET /audit/{number}/proof", "/audit/99999/proof", "", door, 403, 404, 404, 404},
	{"POST /audit/verify", "/audit/verify", "", door, 403, 303, 303, 303},
	{"POST /audit/verify", "/audit/verify", "from=x", door, 403, 422, 422, 422},
	{"POST /audit/filters", "/audit/filters", "act=search.made", door, 403, 422, 422, 422},
	{"POST /audit/filters/{number}/delete", "/audit/filters/99/delete", "", door, 403, 404, 404, 404},
	{"GET /checks", "/checks", "", door, 403, 200, 200, 200},
	{"GET /checks/{number}", "/checks/1", "", door, 403, 200, 200, 200},
	{"GET /checks/{number}", "/checks/99", "", door, 403, 404, 404, 404},
	{"GET /samples", "/samples", "", door, 403, 200, 200, 200},
	{"POST /samples", "/samples", "", door, 403, 422, 422, 403},
	{"GET /samples/{number}", "/samples/1", "", door, 403, 200, 200, 200},
	{"GET /samples/{number}", "/samples/99", "", door, 403, 404, 404, 404},
	{"POST /samples/{number}/draw", "/samples/99/draw", "", door, 403, 404, 404, 403},
	{"GET /statistics", "/statistics", "", door, 403, 200, 200, 200},
	{"GET /statistics/tickets", "/statistics/tickets", "", door, 403, 200, 200, 200},
	{"GET /statistics/ccpa", "/statistics/ccpa", "", door, 403, 200, 200, 200},
	{"GET /statistics/tickets", "/statistics/tickets?from=x", "", door, 403, 422, 422, 422},
	{"GET /exports", "/exports", "", door, 403, 200, 200, 403},
	{"POST /exports", "/exports", "", door, 403, 422, 422, 403},
	{"POST /exports", "/exports", "what=audit&format=csv", door, 403, 200, 200, 403},
	{"POST /exports", "/exports", "what=tickets&format=csv", door, 403, 200, 200, 403},
	{"POST /exports", "/exports", "what=ccpa&format=json", door, 403, 200, 200, 403},
	{"POST /exports", "/exports", "what=pack&format=zip", door, 403, 200, 200, 403},
	{"POST /exports", "/exports", "what=pack&format=zip&sample=99", door, 403, 404, 404, 403},
	{"GET /exports/live", "/exports/live", "", door, 403, 200, 200, 403},
	{"POST /exports", "/exports", "what=audit&format=csv&later=1", door, 403, 303, 303, 403},
	{"GET /exports/{number}", "/exports/99", "", door, 403, 404, 404, 403},
	{"GET /exports/{number}/live", "/exports/99/live", "", door, 403, 404, 404, 403},
	{"POST /exports/{number}/file", "/exports/99/file", "", door, 403, 404, 404, 403},
	{"POST /exports/{number}/cancel", "/exports/99/cancel", "", door, 403, 404, 404, 403},

	{"GET /services", "/services", "", door, 200, 200, 200, 200},
	{"GET /training-check", "/training-check", "", door, 200, 200, 403, 200},
	{"POST /training-check", "/training-check", "", door, 400, 400, 403, 400},
	{"GET /services/new", "/services/new", "", door, 403, 403, 403, 200},
	{"POST /services", "/services", "", door, 403, 403, 403, 422},
	{"GET /services/new", "/services/new?link=http", "", door, 403, 403, 403, 200},
	{"POST /services", "/services", "link=opendsr", door, 403, 403, 403, 422},
	{"POST /services/test", "/services/test", "link=nothing", door, 403, 403, 403, 404},
	{"POST /services/test", "/services/test", "link=http&url=x", door, 403, 403, 403, 200},
	{"GET /services/{number}", "/services/1", "", door, 200, 200, 200, 200},
	{"GET /services/{number}", "/services/3", "", door, 200, 200, 200, 200},
	{"POST /services/{number}/link", "/services/1/link", "", door, 403, 403, 403, 409},
	{"POST /services/{number}/link", "/services/3/link", "", door, 403, 403, 403, 422},
	{"POST /services/{number}/test", "/services/1/test", "", door, 403, 403, 403, 409},
	{"POST /services/{number}/test", "/services/3/test", "", door, 403, 403, 403, 200},
	{"POST /services/{number}/remove", "/services/99/remove", "", door, 403, 403, 403, 404},
	{"POST /services/{number}/remove", "/services/3/remove", "", door, 403, 403, 403, 422},
	{"POST /services/{number}/policies", "/services/1/policies", "", door, 403, 403, 403, 422},
	{"POST /services/{number}/policies", "/services/99/policies", "", door, 403, 403, 403, 404},
	{"GET /services/{number}/suitability", "/services/1/suitability", "", door, 200, 200, 200, 200},
	{"GET /services/{number}/suitability", "/services/99/suitability", "", door, 404, 404, 404, 404},
	{"POST /services/{number}/suitability", "/services/1/suitability", "centre=moon", door, 403, 403, 403, 422},
	{"POST /services/{number}/suitability", "/services/99/suitability", "", door, 403, 403, 403, 404},
	{"POST /services/{number}/move", "/services/1/move", "step=sideways", door, 403, 403, 403, 422},
	{"POST /services/{number}/move", "/services/99/move", "", door, 403, 403, 403, 404},
	{"POST /services/{number}/retention", "/services/1/retention", "", door, 403, 422, 403, 403},
	{"POST /services/{number}/retention", "/services/99/retention", "", door, 403, 404, 403, 403},
	{"POST /services/{number}/retention/approve", "/services/1/retention/approve", "kind=1&days=7", door, 403, 409, 403, 403},
	{"POST /services/{number}/retention/approve", "/services/99/retention/approve", "", door, 403, 404, 403, 403},
	{"GET /retention", "/retention", "", door, 200, 200, 200, 200},
	{"POST /services/{number}/keys", "/services/1/keys", "", door, 403, 403, 403, 422},
	{"POST /services/{number}/keys/{key}/revoke", "/services/1/keys/99/revoke", "", door, 403, 403, 403, 404},
	{"POST /services/{number}/keys/{key}/revoke", "/services/2/keys/1/revoke", "", door, 403, 403, 403, 404},
	{"GET /keys", "/keys", "", door, 200, 200, 200, 200},
	{"POST /keys", "/keys", "", door, 403, 403, 403, 422},
	{"POST /keys/{key}/revoke", "/keys/99/revoke", "", door, 403, 403, 403, 404},

	{"GET /imports", "/imports", "", door, 200, 200, 200, 200},
	{"GET /imports/live", "/imports/live", "", door, 200, 200, 200, 200},
	{"POST /imports", "/imports", "", door, 403, 403, 403, 400},
	{"GET /imports/{number}", "/imports/99", "", door, 404, 404, 404, 404},
	{"GET /imports/{number}/live", "/imports/99/live", "", door, 404, 404, 404, 404},
	{"POST /imports/{number}/cancel", "/imports/99/cancel", "", door, 403, 403, 403, 404},
	{"POST /imports/{number}/discard", "/imports/99/discard", "", door, 403, 403, 403, 404},

	{"GET /webhooks", "/webhooks", "", door, 403, 403, 403, 200},
	{"POST /webhooks", "/webhooks", "", door, 403, 403, 403, 422},
	{"POST /webhooks/{number}/test", "/webhooks/99/test", "", door, 403, 403, 403, 404},
	{"POST /webhooks/{number}/remove", "/webhooks/99/remove", "", door, 403, 403, 403, 404},
	{"GET /users", "/users", "", door, 403, 403, 403, 200},
	{"GET /users/new", "/users/new", "", door, 403, 403, 403, 200},
	{"POST /users", "/users", "", door, 403, 403, 403, 422},
	{"GET /users/{number}", "/users/1", "", door, 403, 403, 403, 200},
	{"POST /users/{number}", "/users/1", "", door, 403, 403, 403, 422},
	{"POST /users/{number}/password", "/users/1/password", "", door, 403, 403, 403, 422},
	{"POST /users/{number}/disable", "/users/99/disable", "", door, 403, 403, 403, 404},
	{"POST /users/{number}/enable", "/users/99/enable", "", door, 403, 403, 403, 404},

	{"GET /drafts/{number}", "/drafts/99", "", door, 404, 404, 404, 404},
	{"POST /drafts/{number}/discard", "/drafts/99/discard", "", door, 303, 303, 303, 303},
	{"GET /sessions", "/sessions", "", door, 200, 200, 200, 200},
	{"POST /sessions/{number}/end", "/sessions/{session}/end", "", door, 404, 404, 404, 303},
	{"GET /settings", "/settings", "", door, 200, 200, 200, 200},
	{"POST /settings", "/settings", "", door, 422, 422, 422, 422},
	{"POST /theme", "/theme", "theme=dark&back=/help", 303, 303, 303, 303, 303},
	{"GET /help", "/help", "", door, 200, 200, 200, 200},
	{"GET /help/{page}", "/help/words", "", door, 200, 200, 200, 200},
	{"POST /help", "/help", "find=cut-off", door, 200, 200, 200, 200},
}

// ask tries a cell as somebody.
func (f *furniture) ask(b *browser, c cell, role string) page {
	method, _, _ := strings.Cut(c.route, " ")
	if strings.HasSuffix(c.path, "/live") {
		return b.begun(f.fill(c.path, role))
	}
	if method == http.MethodGet {
		return b.get(f.fill(c.path, role))
	}
	return b.send(method, f.fill(c.path, role), strings.NewReader(f.fill(c.form, role)))
}

// begun asks for a stream and leaves it with its head: it may not end.
func (b *browser) begun(path string) page {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodGet, b.url+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := b.http.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	res.Body.Close()
	return page{status: res.StatusCode, header: res.Header}
}

func TestMatrix(t *testing.T) {
	f := furnish(t)
	roles := []string{"", db.RoleSupport, db.RoleOfficer, db.RoleAuditor, db.RoleAdmin}
	browsers := map[string]*browser{"": f.visitor()}
	for _, role := range roles[1:] {
		browsers[role] = f.signIn(role)
	}
	refusals := 0
	for _, c := range matrix {
		for i, want := range []int{c.visitor, c.support, c.officer, c.auditor, c.admin} {
			b := browsers[roles[i]]
			if c.route == "POST /signout" && roles[i] != "" {
				b = f.signIn(roles[i]) // the others are still needed
			}
			if got := f.ask(b, c, roles[i]); answerOf(got) != want {
				t.Errorf("%s %s as %q: %d, want %d\n%.2000s", c.route, c.path, roles[i], answerOf(got), want, got.body)
			}
			if want == http.StatusForbidden {
				refusals++
			}
		}
	}
	if n, err := f.store.CountAudit(t.Context(), db.AuditQuery{Event: string(audit.PermissionRefused)}); err != nil || int(n) != refusals {
		t.Errorf("%d refusals stand in the audit trail (%v), %d were made", n, err, refusals)
	}
}

// answerOf is the status, or door for being sent to the sign-in page; signing out leads there too, with a word of it.
func answerOf(p page) int {
	if p.status == http.StatusSeeOther && strings.HasPrefix(p.next(), "/signin") && !strings.Contains(p.next(), "signed-out") {
		return door
	}
	return p.status
}

// TestMatrixIsWhole: each route of the map stands in the matrix, and nothing else does.
func TestMatrixIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range matrix {
		seen[c.route] = true
	}
	for _, r := range (&Server{}).routes() {
		pattern := strings.Join(strings.Fields(r.pattern), " ")
		if !seen[pattern] {
			t.Errorf("%s is not in the matrix", pattern)
		}
		delete(seen, pattern)
	}
	for pattern := range seen {
		t.Errorf("%s is in the matrix and not in the map", pattern)
	}
}

// TestOtherMethods: what is not in the map is nowhere, even to somebody who may do everything.
func TestOtherMethods(t *testing.T) {
	f := furnish(t)
	everything := f.person("all@q.example", "All Roles", db.Roles()...)
	b, v := f.signInAs(everything.Email), f.visitor()
	mapped := map[string]bool{}
	for _, c := range matrix {
		method, _, _ := strings.Cut(c.route, " ")
		mapped[method+" "+c.path] = true
	}
	for _, c := range matrix {
		path := f.fill(c.path, "")
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
			if mapped[method+" "+c.path] {
				continue
			}
			if got := b.send(method, path, strings.NewReader("")); got.status != http.StatusNotFound {
				t.Errorf("%s %s: %d, want 404", method, path, got.status)
			}
			if got := v.send(method, path, strings.NewReader("")); answerOf(got) != door {
				t.Errorf("%s %s as a visitor: %d, want the door", method, path, got.status)
			}
		}
	}
}

// TestFourEyes: an officer's own proposal is not theirs to approve or refuse, whatever roles they hold.
func TestFourEyes(t *testing.T) {
	f := furnish(t)
	both := f.person("both@q.example", "Both Roles", db.RoleSupport, db.RoleOfficer)
	n, err := f.store.SubmitErasure(t.Context(), both.Actor(), db.Proposal{Subject: db.Ref(f.ref), Ground: "17-1-b"})
	if err != nil {
		t.Fatal(err)
	}
	e, _ := f.store.Erasure(t.Context(), n)
	b := f.signInAs(both.Email)
	words := "erase 2 records"
	b.post(erasureHref(n)+"/approve", "hash", e.ManifestHash, "confirm", words).wants(t, http.StatusForbidden, "A second person must do this")
	b.post(erasureHref(n)+"/refuse", "reason", "17-3-e", "explanation", "because", "authority", "the authority", "told", "complaint", "told", "remedy").
		wants(t, http.StatusForbidden, "A second person must do this")
	if e, _ := f.store.Erasure(t.Context(), n); e.State != erasure.Proposed {
		t.Errorf("it is %s", e.State)
	}
}
