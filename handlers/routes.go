package handlers

import (
	"net/http"

	"quittance/handlers/auth"
)

// route is one line of the map: path, permission, handler. Nothing else decides who may pass.
type route struct {
	pattern string
	needs   auth.Permission
	handler any // show, do or http.HandlerFunc
	fresh   bool
}

// again marks what needs a sign-in of the last five minutes (security.md, "Step-up").
func again(r route) route {
	r.fresh = true
	return r
}

// routes is the map on one sheet.
func (s *Server) routes() []route {
	return []route{
		{"GET  /{$}", auth.Own, show(s.home), false},
		{"GET  /signin", auth.Public, http.HandlerFunc(s.signIn), false},
		{"POST /signin", auth.Public, http.HandlerFunc(s.auth.SignIn), false},
		{"GET  /signin/oidc", auth.Public, http.HandlerFunc(s.auth.OIDCStart), false},
		{"GET  /signin/callback", auth.Public, http.HandlerFunc(s.auth.OIDCCallback), false},
		{"POST /signout", auth.Own, http.HandlerFunc(s.auth.SignOut), false},

		{"GET  /search", auth.Search, show(s.newSearch), false},
		{"POST /search", auth.Search, do(s.submitSearch), false},
		{"POST /search/erased", auth.Search, show(s.wasErased), false},
		{"GET  /searches/{token}", auth.Search, show(s.search), false},
		{"GET  /searches/{token}/elsewhere", auth.Search, show(s.searchElsewhere), false},
		again(route{"POST /searches/{token}/csv", auth.ExportRecords, http.HandlerFunc(s.searchCSV), false}),
		{"GET  /searches/{token}/erasure", auth.Propose, show(s.newErasureOf), false},
		{"POST /searches/{token}/erasure", auth.Propose, do(s.submitErasureOf), false},
		{"GET  /subjects/{ref}", auth.Search, show(s.subject), false},
		{"GET  /subjects/{ref}/elsewhere", auth.Search, show(s.subjectElsewhere), false},
		{"GET  /subjects/{ref}/records", auth.Search, show(s.subjectRecords), false},
		{"POST /subjects/{ref}/aliases", auth.Propose, do(s.confirmAlias), false},
		{"POST /subjects/{ref}/aliases/undo", auth.Propose, do(s.undoAlias), false},
		{"POST /subjects/{ref}/returned/erase", auth.Propose, do(s.followUp), false},
		{"POST /subjects/{ref}/returned/dismiss", auth.Approve, do(s.dismissReturn), false},
		{"GET  /records/{number}", auth.Search, show(s.record), false},
		{"POST /records/{number}/reveal", auth.Reveal, show(s.revealRecord), false},
		{"GET  /records/{number}/picture", auth.Reveal, http.HandlerFunc(s.picture), false},

		{"GET  /erasures", auth.Read, show(s.erasures), false},
		{"GET  /erasures/new", auth.Propose, show(s.newErasure), false},
		{"POST /erasures", auth.Propose, do(s.submitErasure), false},
		{"GET  /erasures/bulk", auth.Propose, show(s.newBulk), false},
		{"POST /erasures/bulk", auth.Propose, do(s.submitList), false},
		{"GET  /lists/{token}", auth.Propose, show(s.list), false},
		{"POST /lists/{token}", auth.Propose, do(s.proposeList), false},
		{"GET  /bulks/{number}", auth.Read, show(s.bulk), false},
		{"GET  /bulks/{number}/live", auth.Read, http.HandlerFunc(s.bulkLive), false},
		again(route{"POST /bulks/{number}/approve", auth.Approve, do(s.approveBulk), false}),
		{"POST /bulks/{number}/refuse", auth.Approve, do(s.refuseBulk), false},
		{"POST /bulks/{number}/withdraw", auth.Propose, do(s.withdrawBulk), false},
		again(route{"POST /bulks/{number}/csv", auth.Export, http.HandlerFunc(s.bulkCSV), false}),
		{"GET  /erasures/{number}", auth.Read, show(s.erasure), false},
		{"GET  /erasures/{number}/live", auth.Read, http.HandlerFunc(s.erasureLive), false},
		{"GET  /erasures/{number}/receipt", auth.Read, show(s.receipt), false},
		{"GET  /erasures/{number}/receipt.json", auth.Read, http.HandlerFunc(s.receiptFile), false},
		{"GET  /verifier", auth.Public, http.HandlerFunc(s.verifier), false},
		again(route{"POST /erasures/{number}/approve", auth.Approve, do(s.approveErasure), false}),
		{"POST /erasures/{number}/refuse", auth.Approve, do(s.refuseErasure), false},
		{"POST /erasures/{number}/refresh", auth.Propose, do(s.refreshErasure), false},
		{"POST /erasures/{number}/withdraw", auth.Propose, do(s.withdrawErasure), false},
		{"POST /erasures/{number}/parts/{service}/retry", auth.Propose, do(s.retryPart), false},
		{"POST /erasures/{number}/parts/{service}/attest", auth.Attest, do(s.attestPart), false},
		{"POST /erasures/{number}/parts/{service}/abandon", auth.Attest, do(s.abandonPart), false},
		{"GET  /erasures/{number}/parts/{service}/evidence", auth.Attest, http.HandlerFunc(s.evidence), false},
		{"POST /erasures/{number}/parts/{service}/evidence/erase", auth.Attest, do(s.eraseEvidence), false},
		{"GET  /tickets", auth.Tickets, show(s.tickets), false},
		again(route{"POST /tickets/csv", auth.Export, http.HandlerFunc(s.ticketsCSV), false}),
		{"GET  /tickets/new", auth.Work, show(s.newTicket), false},
		{"POST /tickets", auth.Work, do(s.submitTicket), false},
		{"GET  /tickets/{number}", auth.Tickets, show(s.ticket), false},
		{"POST /tickets/{number}/assign", auth.Work, do(s.assignTicket), false},
		{"POST /tickets/{number}/ids", auth.Work, do(s.addTicketID), false},
		{"POST /tickets/{number}/ask", auth.Work, do(s.askPerson), false},
		{"POST /tickets/{number}/resume", auth.Work, do(s.resumeTicket), false},
		{"POST /tickets/{number}/identity", auth.Work, do(s.verifyIdentity), false},
		{"POST /tickets/{number}/extend", auth.Work, do(s.extendTicket), false},
		{"POST /tickets/{number}/erasures", auth.Propose, do(s.eraseForTicket), false},
		{"POST /tickets/{number}/links", auth.Work, do(s.linkTicket), false},
		{"POST /tickets/{number}/notes", auth.Work, do(s.addTicketNote), false},
		{"POST /tickets/{number}/notes/{note}/erase", auth.Work, do(s.eraseTicketNote), false},
		{"POST /tickets/{number}/files", auth.Work, do(s.attachFile), false},
		{"GET  /tickets/{number}/files/{file}", auth.Work, http.HandlerFunc(s.ticketFile), false},
		{"POST /tickets/{number}/files/{file}/erase", auth.Work, do(s.eraseTicketFile), false},
		{"POST /tickets/{number}/answer", auth.Release, do(s.answerTicket), false},
		{"POST /tickets/{number}/refuse", auth.Release, do(s.refuseTicket), false},
		{"POST /tickets/{number}/withdraw", auth.Work, do(s.withdrawTicket), false},
		{"POST /tickets/{number}/abandon", auth.Work, do(s.abandonTicket), false},
		{"POST /tickets/{number}/merge", auth.Work, do(s.mergeTicket), false},
		{"POST /tickets/{number}/reopen", auth.Work, do(s.reopenTicket), false},
		{"GET  /holds", auth.Holds, show(s.holds), false},
		{"GET  /holds/new", auth.Hold, show(s.newHold), false},
		{"POST /holds", auth.Hold, do(s.submitHold), false},
		{"GET  /holds/{number}", auth.Holds, show(s.hold), false},
		again(route{"POST /holds/{number}/confirm", auth.Hold, do(s.confirmHold), false}),
		{"POST /holds/{number}/review", auth.Hold, do(s.reviewHold), false},
		{"POST /holds/{number}/ask", auth.Hold, do(s.askHold), false},
		{"POST /holds/{number}/keep", auth.Hold, do(s.keepHold), false},
		again(route{"POST /holds/{number}/lift", auth.Hold, do(s.liftHold), false}),
		again(route{"POST /holds/{number}/release", auth.Hold, do(s.releaseHold), false}),
		{"GET  /batches", auth.Read, show(s.batches), false},
		{"GET  /batches/{number}", auth.Read, show(s.batch), false},
		{"GET  /batches/{number}/live", auth.Read, http.HandlerFunc(s.batchLive), false},
		{"POST /batches/{number}/pause", auth.Approve, do(s.pauseBatch), false},
		again(route{"POST /batches/{number}/resume", auth.Approve, do(s.resumeBatch), false}),
		again(route{"POST /batches/{number}/stop", auth.Approve, do(s.stopBatch), false}),
		{"GET  /policies", auth.Read, show(s.policies), false},
		again(route{"POST /policies", auth.Policies, do(s.savePolicies), false}),

		{"GET  /clock", auth.Own, show(s.legalClock), false},

		{"GET  /backups", auth.Audit, show(s.backups), false},
		{"GET  /drills", auth.Read, show(s.drills), false},
		{"POST /drills", auth.Drill, do(s.startDrill), false},
		{"GET  /drills/{number}", auth.Read, show(s.drill), false},

		{"GET  /audit", auth.Audit, show(s.audit), false},
		{"GET  /audit/{number}", auth.Audit, show(s.auditEntry), false},
		{"POST /audit/verify", auth.Audit, show(s.verifyAudit), false},
		{"GET  /exports", auth.Export, show(s.exports), false},
		again(route{"POST /exports", auth.Export, http.HandlerFunc(s.submitExport), false}),

		{"GET  /services", auth.Read, show(s.services), false},
		{"GET  /services/new", auth.Services, show(s.newService), false},
		again(route{"POST /services", auth.Services, do(s.submitService), false}),
		again(route{"POST /services/test", auth.Services, show(s.testLink), false}),
		{"GET  /services/{number}", auth.Read, show(s.service), false},
		again(route{"POST /services/{number}/link", auth.Services, do(s.changeLink), false}),
		again(route{"POST /services/{number}/test", auth.Services, show(s.testService), false}),
		again(route{"POST /services/{number}/remove", auth.Services, do(s.removeLink), false}),
		again(route{"POST /services/{number}/policies", auth.Services, do(s.submitPolicies), false}),
		again(route{"POST /services/{number}/plan", auth.Services, do(s.submitPlan), false}),
		again(route{"POST /services/{number}/retention", auth.Retention, do(s.submitRetention), false}),
		again(route{"POST /services/{number}/retention/approve", auth.Retention, do(s.approveRetention), false}),
		{"GET  /retention", auth.Read, show(s.retention), false},
		again(route{"POST /services/{number}/keys", auth.Services, show(s.submitKey), false}),
		again(route{"POST /services/{number}/keys/{key}/revoke", auth.Services, do(s.revokeKey), false}),

		{"GET  /users", auth.Users, show(s.users), false},
		{"GET  /users/new", auth.Users, show(s.newUser), false},
		again(route{"POST /users", auth.Users, do(s.submitUser), false}),
		{"GET  /users/{number}", auth.Users, show(s.user), false},
		again(route{"POST /users/{number}", auth.Users, do(s.changeUser), false}),
		again(route{"POST /users/{number}/password", auth.Users, do(s.setPassword), false}),
		again(route{"POST /users/{number}/disable", auth.Users, do(s.disableUser), false}),
		again(route{"POST /users/{number}/enable", auth.Users, do(s.enableUser), false}),

		{"GET  /sessions", auth.Own, show(s.sessions), false},
		{"POST /sessions/{number}/end", auth.Own, do(s.endSession), false},
		{"GET  /settings", auth.Own, show(s.settings), false},
		{"POST /settings", auth.Own, do(s.saveSettings), false},
		{"POST /theme", auth.Public, http.HandlerFunc(s.theme), false},
		{"GET  /help", auth.Own, show(s.help), false},
	}
}
