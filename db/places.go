package db

// place is a column that may hold a customer ID, or what one of them said, and how it is emptied when an erasure takes it.
type place struct{ column, emptied string }

// places are all of them (law L3). A test fails on a column of text or bytes that stands neither here nor among those that hold none.
var places = []place{
	{"customer.name", "with the last record of the ID (chunk.sweep)"},
	{"record.session", "with the record; a user ID of an integration may stand in it"},
	{"record.container", "with the record"},
	{"record.log_id", "with the record"},
	{"record.text", "with the record"},
	{"record.body", "with the record"},
	{"document_text.title", "with the record (chunk.unindexText)"},
	{"document_text.text", "likewise"},
	{"document_text.other", "likewise"},
	{"item_field.path", "with the record; the application chooses names of fields"},
	{"item_field.value", "with the record"},
	{"item_field.words", "with the record"},
	{"chat_session.id", "with the records of the conversation (chunk.sweep)"},
	{"chat_session.container", "likewise"},
	{"chat_session.context", "likewise"},
	{"erasure.subject", "sealed; when the request has ended (tx.forget, tx.drop)"},
	{"erasure.note", "sealed; likewise"},
	{"erasure.refused", "sealed; what an officer wrote to the person stays with the refusal"},
	{"search.query", "sealed; with the ID, or after a day (tx.forgetSearches)"},
	{"bulk.list", "sealed; with the first of its IDs, after a day, or when each has its request (tx.forgetLists, tx.collect)"},
	{"bulk.note", "sealed; when each ID has its request (tx.collect)"},
	{"bulk.told", "sealed; when each request has it (tx.endStep)"},
	{"hold.custodian", "sealed; with the end of the hold (tx.endHold)"},
	{"hold.note", "sealed; likewise"},
	{"attestation.sealed", "sealed; 30 days after the request has ended, or by an officer before; the ID itself is refused in it"},
	{"ticket_subject.sealed", "sealed; with the end of the ID's erasure (tx.forgetTickets)"},
	{"ticket_note.sealed", "sealed; likewise, with any ID of its ticket"},
	{"ticket_attachment.name", "sealed; likewise"},
	{"ticket_attachment.sealed", "sealed; likewise"},
	{"ticket_identity.sealed", "sealed; likewise"},
	{"ticket.extended_why", "sealed; likewise"},
	{"ticket.told", "sealed; likewise"},
	{"ticket.people", "sealed; 30 days after the end of a ticket of which an ID was erased (Store.ForgetTicketPeople): the answer has to reach them"},
	{"dsr_callback.url", "sealed; when the last status was told, or given up: a controller may have put anything into it (Store.EndDSRCall)"},
	{"web_session.data", "sealed; with the session: it may hold what somebody was about to do"},
}
