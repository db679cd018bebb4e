package db

import (
	"strings"
	"testing"
)

// nowhere are the columns of text or bytes in which no customer ID can stand: numbers, codes and words of the house's own closed lists, keyed
// hashes, names that staff gives to services and accounts, and the audit trail, whose leaves are checked when they are written.
var nowhere = strings.Fields(`
	meta.key meta.value setting.key setting.value
	service.guid service.kind service.hosting service.name service.region service.deletion service.unlabelled service.url service.credential
	service.deletion_next service.unlabelled_next service.search_in service_container.name
	api_key.id api_key.hash api_key.name api_key.scopes
	customer.ref record.language label.language record.digest record.channel sender.channel repair.actor repair.undone_by service_profile.begun service_profile.migrated service_profile.centre service_profile.ticks
	erasure.state erasure.origin erasure.ref erasure.ground erasure.proposer erasure.approver erasure.manifest erasure.manifest_hash erasure.refusal erasure.sibling
	part.state part.excluded part.code batch.state receipt.data
	search.token search.ref access.act access.purpose export.what export.format import.file import.digest import.actor import.state import_fault.code
	export_job.state export_job.why export_job.digest export_job.filter
	leaf.actor leaf.event leaf.object leaf.data hash.hash head.note checkpoint.note
	user.email user.name user.issuer user.sub user.roles user.password user.theme user.density user.zone user.language user.mail
	webhook.host webhook.secret webhook.wants webhook.added_by post.id post.problem post.outcome notice.what notice.object
	draft.hash web_session.hash web_session.issuer web_session.sid web_session.agent logout_token.issuer logout_token.jti
	alias.evidence alias.actor
	bulk.token bulk.state bulk.ground bulk.proposer bulk.approver bulk.mover bulk.refusal bulk_ref.ref
	setting.next service.settings service.plan customer.folded erasure.previous batch.pause batch.paused_by batch.cleared_by
	hold.kind hold.state hold.ground hold.placed_by hold.expiry_by hold.asked_by hold.channel hold.ended_by kept.ref
	service_health.code part_call.request part_call.token attestation.actor attestation.hash
	ticket.right ticket.regime ticket.region ticket.country ticket.division ticket.channel ticket.day ticket.filed_by ticket.state ticket.relation ticket.extension ticket.extended_by
	ticket.ended_by ticket.ground ticket.outcome ticket_tally.right ticket_tally.state ticket_tally.regime ticket_tally.region ticket_tally.channel ticket_tally.day
	ticket_subject.ref ticket_subject.added_by ticket_pause.why ticket_pause.began_by ticket_pause.ended_by
	ticket_identity.method ticket_identity.level ticket_identity.actor ticket_identity.hash ticket_note.actor ticket_note.hash
	ticket_attachment.actor ticket_attachment.type ticket_attachment.hash ticket_link.kind ticket_link.actor
	intake.token intake.asked dsr.request dsr.type dsr.status dsr_outbox.status dsr_outbox.detail
	letter_text.name letter_text.text letter_text.actor letter.kind letter.language letter.way letter.day letter.actor letter.hash case_due.schedule disposal.proposer disposal.approver
	statement.code statement.language statement.text statement.actor answer.language answer.prepared_by answer.changed_by answer.released_by answer.sent_by answer.why
	answer_redaction.reason answer_redaction.actor answer_link.kind answer_link.hash answer_link.actor
	witness.name witness.key witness.code cosignature.witness cosignature.note
	drill.outcome drill.actor drill_path.path trail_check.state trail_check.actor trail_check.root trail_check.key trail_check.answer
	saved_filter.actor saved_filter.act saved_filter.object saved_filter.since saved_filter.until sample.actor sample.kind sample.seed sample.word
	backup.sha256 retention.proposer retention.approver`)

// Every column that could hold a customer ID stands in the table of places, with how it is emptied, or among those that hold none (law L3).
func TestPlaces(t *testing.T) {
	h := openHouse(t)
	known := map[string]bool{}
	for _, p := range places {
		if p.emptied == "" || known[p.column] {
			t.Errorf("%s: said twice, or not how it is emptied", p.column)
		}
		known[p.column] = true
	}
	for _, c := range nowhere {
		if known[c] {
			t.Errorf("%s stands in both tables", c)
		}
		known[c] = true
	}
	there, err := scanned[string](h.readers.QueryContext(h.ctx, `SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT GLOB 'sqlite_*' AND m.name NOT GLOB 'goose_*' AND m.name NOT GLOB 'document_index*' AND c.type <> 'INTEGER' AND c.type <> 'REAL'`))
	if err != nil || len(there) < 50 {
		t.Fatal(len(there), err)
	}
	found := map[string]bool{}
	for _, c := range there {
		if found[c] = true; !known[c] {
			t.Errorf("%s may hold a customer ID: say in the table of places how it is emptied, or in the test that it holds none", c)
		}
	}
	for c := range known {
		if !found[c] {
			t.Errorf("%s is no column", c)
		}
	}
}
