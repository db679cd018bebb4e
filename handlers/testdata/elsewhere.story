# Linked services are asked at the moment what they hold of a customer, after the page with what lies here has come. Each that gave no answer
# is named, "no records" is said only when all have answered, and nothing that was heard is stored.
service support-bot
linked far-bot assistant empty
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"hello"}}
status 200

# Without script the page says what it does not know, and leads on.
as support
POST /search
form q=nobody_knows
follow
see No records here for nobody_knows
see Not asked yet: far-bot.
see Ask linked services
not see No records for
keep search=action="/search.*hx-get="/searches/([\w-]+)/elsewhere"
GET /searches/{search}/elsewhere
status 200
see Linked services for nobody_knows
see 0 records lie here.
see No records: every service answered, those here and the linked ones, and none holds anything under this ID.
see Nothing under this ID, at each name
audit linked.asked access/2 by support
as officer
GET /searches/{search}/elsewhere
status 404
not audit linked.asked

linked near-bot assistant holds
linked lame-bot assistant slow
linked lost-bot assistant fails
linked sly-bot assistant lies
linked papers discovery holds
linked new-bot assistant unused
as support
POST /search
form q=cust_8842
follow
see Not asked yet: far-bot, near-bot, lame-bot, lost-bot, sly-bot, papers and new-bot.
keep search=hx-get="/searches/([\w-]+)/elsewhere"
keep subject=/subjects/([\w-]+)"
GET /searches/{search}/elsewhere
header HX-Request: true
status 200
not html <html
see Something is held elsewhere.
see No answer: lame-bot, lost-bot and sly-bot.
see Cannot be asked: papers and new-bot. So this is not the whole answer.
see near-bot Assistant, linked 2 entries, the newest of 1 Mar 2026, 12:00.
see call me on masked phone
not see 0170
see It did not answer within 3 seconds.
see No whole answer: the service failed.
see No whole answer: the service points to another address, which is not followed.
see services of this kind do not tell what they hold of a customer
see no message went there from here
not see your password
audit linked.asked access/4 by support
GET /searches/{search}?written=week
see Not asked yet
not html hx-get="/searches

# Of a data subject in the same way, under the reference.
GET /subjects/{subject}
see Not asked yet: far-bot
html hx-get="/subjects/{subject}/elsewhere"
GET /subjects/{subject}/records
html hx-get="/subjects/{subject}/elsewhere"
GET /subjects/{subject}/elsewhere
status 200
see Linked services for cust_8842
see 1 record lies here.
GET /subjects/s_nobody/elsewhere
status 404

# Nothing of it is here.
POST /search
form filter="request.input.text:call"
follow
see No message
keep found=/searches/([\w-]+)
GET /searches/{found}/elsewhere
status 404
as auditor
GET /audit?event=linked
see A linked service was asked what it holds of a customer ID; nothing of its answer was stored.
not see cust_8842
GET /subjects/{subject}/elsewhere
status 403

# A session that has ended does not put the door into the page.
as visitor
GET /subjects/{subject}/elsewhere
header HX-Request: true
status 401
GET /subjects/{subject}/elsewhere
status 303
