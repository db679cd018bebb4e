# A request for access: prepared by support, something of somebody else left out, released by an officer, fetched once by the person.
person other@q.example officer
service support-bot
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"my neighbour is bob.canary@mail.example"}}
status 200

as support
POST /tickets
form right=access regime=eu-gdpr region=eu country=DE channel=phone received=2026-03-01 name="Anna Berg" ids=cust_8842
location /tickets/1
GET /tickets/1
see No answer is prepared yet.
GET /tickets/1/access
see Nothing is prepared yet.
POST /tickets/1/access
location /tickets/1/access
audit answer.prepared answer/1 by support
follow
see 1 record is prepared
see No text for Art. 15(1)(g)
see An officer who neither prepared it nor redacted it last releases it.

# Looking is written down; what is of others is ticked, a field or words of it.
POST /tickets/1/access/review
status 200
see bob.canary@mail.example
audit record.revealed access/1 by support
POST /tickets/1/access/redactions
form reason=other-person
status 422
see A redaction needs a reason
POST /tickets/1/access/redactions
form reason=other-person what="1:bob.canary@mail.example" what=1@/response/output
location /tickets/1/access
audit answer.redacted answer/1
follow
see data of another person
html action="/tickets/1/access/redactions/2/remove"
POST /tickets/1/access/redactions/2/remove
location /tickets/1/access
audit answer.restored answer/1
POST /tickets/1/access/release
status 403

# The statements of the house; what is missing needs a decision.
as officer
GET /statements
see 10 of 10 are missing
POST /statements
form source="From your messages."
location /statements?language=en
audit statement.changed
follow
see 9 of 10 are missing
POST /tickets/1/access/link
status 409
POST /tickets/1/access/release
status 422
see say that the answer goes without them
POST /tickets/1/access/release
form without=yes
location /tickets/1/access
audit answer.released answer/1 by officer
follow
not html action="/tickets/1/access/redactions/1/remove"
not html action="/tickets/1/access/sent"
POST /tickets/1/access/sent
status 409

# A passphrase and its file; the link that is made afterwards takes their place.
POST /tickets/1/access/passphrase
status 200
keep phrase=name="passphrase" value="([^"]+)"
POST /tickets/1/access/file
form passphrase={phrase}
status 200
html age-encryption.org/v1
audit answer.fetched answer/1 by officer
POST /tickets/1/access/file
form passphrase={phrase}
status 404
POST /tickets/1/access/link
status 200
audit answer.linked answer/1
keep link=/answers/([A-Za-z0-9_-]{43})
GET /tickets/1/access
html action="/tickets/1/access/sent"
POST /tickets/1/access/sent
location /tickets/1
audit ticket.answered ticket/1
GET /tickets/1/access
see Not fetched yet
not html action="/tickets/1/access/sent"

# The person: looking burns nothing, the button does.
as visitor
GET /answers/nothing
status 404
see Nothing is to be fetched at this address
see Write to whoever sent you this address.
POST /answers/nothing
status 404
see Copy all of it
GET /answers/{link}
status 200
see Fetch my data
see It can be fetched once, until
not see cust_8842
GET /answers/{link}
status 200
POST /answers/{link}
status 200
answer Content-Type: application/octet-stream
html data-message.csv
audit answer.fetched answer/1
POST /answers/{link}
status 410
see Your data was fetched already
not see cust_8842
GET /answers/{link}
status 410
see If it was not you
as officer
GET /tickets/1/access
see Fetched

# That nothing is stored is an answer too.
as support
POST /tickets
form right=access regime=eu-gdpr region=eu country=DE channel=phone received=2026-03-01 ids=cust_nobody
location /tickets/2
POST /tickets/2/access
location /tickets/2/access
follow
see Nothing is stored under the customer IDs of the ticket, and the answer says so. An officer who did not prepare it releases it.
see Check that each customer ID of the person is on the ticket.
not see Look through the records
GET /
not see Release the answer
as officer
GET /
see Release the answer to ticket 2 Prepared by
POST /tickets/2/access/release
form without=yes
location /tickets/2/access
follow
see It was released. Give it to the person.
GET /
not see Release the answer
POST /tickets/2/access/link
status 200
POST /tickets/2/access/sent
location /tickets/2
follow
see It was sent to the person.

# Whoever prepared an answer, or left something out of it last, is not offered its release. Its language is that of the last letter.
POST /tickets
form right=access regime=eu-gdpr region=eu country=DE channel=phone received=2026-03-01 name="Anna Berg" ids=cust_8842 contact=anna@mail.example anyway=yes
location /tickets/3
POST /tickets/3/letters
form kind=acknowledgement language=en text="Dear Anna Berg" way=mail day=2026-03-01 anyway=yes
location /tickets/3/letters/1
POST /tickets/3/letters
form kind=acknowledgement language=de text="Guten Tag Anna Berg" way=mail day=2026-03-02 anyway=yes
location /tickets/3/letters/2
POST /tickets/3/access
location /tickets/3/access
follow
see Language German
not html action="/tickets/3/access/release"
as other@q.example
GET /tickets/3/access
html action="/tickets/3/access/release"
POST /tickets/3/access/redactions
form reason=other-person what="1:bob.canary@mail.example"
location /tickets/3/access
follow
not html action="/tickets/3/access/release"
as officer
GET /tickets/3/access
not html action="/tickets/3/access/release"

# An answer with data belongs to two of the rights.
POST /tickets
form right=rectification regime=eu-gdpr region=eu country=DE channel=phone received=2026-03-01 ids=cust_8842
location /tickets/4
GET /tickets/4/access
status 404
