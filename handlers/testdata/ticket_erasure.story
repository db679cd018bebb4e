# An erasure ticket from its intake to its receipt, and a restriction that is placed for a ticket.
service support-bot
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"one"}}
status 200
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_9000
json {"input":{"text":"two"}}
status 200
as support
POST /search
form q=cust_8842
follow
keep subject=/subjects/([\w-]+)
GET /subjects/{subject}
see Open ticket
GET /tickets/new?subject={subject}&right=erasure
html cust_8842
POST /tickets
form right=erasure regime=eu-gdpr region=eu country=DE channel=phone received=2026-03-02 ids=cust_8842 name="Anna Berg" note="cust_8842 called" mine=yes
location /tickets/1
POST /tickets/1/identity
form method=known-contact level=low
status 303
follow
see Propose the erasure
POST /tickets/1/erasures
form reason=whim
status 422
see Choose one of these.
POST /tickets/1/erasures
form reason=17-1-b
status 303
audit erasure.proposed erasure/1 by support
audit ticket.linked ticket/1
follow
see Open erasure 1
see nothing is erased until a second person approves it
html /tickets/1/live
GET /tickets/1/live
frames 1
see nothing is erased until a second person approves it
GET /subjects/{subject}
see 1, Erasure

as officer
POST /tickets/1/answer
status 409
see Its erasure has not ended
GET /erasures/1
see Ticket 1
keep hash=name="hash" value="([0-9a-f]{64})"
POST /erasures/1/approve
form hash={hash} confirm="erase 1 record"
status 303
run batch now
GET /tickets/1
see Answered
see Its erasures have ended. Send the receipt to the person
see Receipt of erasure 1
see Anna Berg
see The erasure of a customer ID of this ticket has ended.
not html cust_8842
POST /tickets/1/notes
form note=late
status 409

# Art. 18: an officer restricts for the ticket, and lifts it with notice.
as support
POST /tickets
form right=restriction regime=eu-gdpr region=eu country=DE channel=mail received=2026-03-02 ids=cust_9000
location /tickets/2
POST /tickets/2/identity
form method=known-contact level=low
status 303
as officer
POST /tickets/2/assign
form user=2
status 303
GET /tickets/2
see Next: an officer restricts the data subject.
html href="#restrict"
see Restrict 1 customer ID
POST /tickets/2/restrictions
form reason=whim review=2026-01-01
status 422
see Choose one of these.
not audit restriction.placed
POST /tickets/2/restrictions
form reason=18-1-a note="she contests the address"
status 303
audit restriction.placed hold/1 by officer
audit ticket.linked ticket/2
follow
see The data subject is restricted.
POST /tickets/2/restrictions
form reason=18-1-a
status 409
GET /tickets/2
see Restriction 1
see In force
POST /tickets/2/links
form kind=erasure object=1
status 303
audit ticket.linked ticket/2 by officer
follow
see Receipt of erasure 1
POST /tickets/2/answer
status 303
follow
see The restriction goes on until an officer lifts it
see Write the letter that tells them
POST /tickets/2/restrictions/1/release
form channel=pigeon
status 422
see Say on which day the person was told
see Choose one of these.
POST /tickets/1/restrictions/1/release
form informed=2026-03-02 channel=letter
status 404
POST /tickets/2/letters
form kind=lifting language=en lifted=2026-03-02 reasons="the address is right" text="We lift it." way=post day=2026-03-02 anyway=yes
status 303
GET /tickets/2
see The letter of 2 Mar 2026 has told them.
html value="2026-03-02"
POST /tickets/2/restrictions/1/release
form informed=2026-03-02 channel=letter
status 303
audit restriction.lifted hold/1 by officer
location /tickets/2
follow
see Lifted

# An ID of which nothing is stored yet is restricted too: what comes in under it is stored, and shown to nobody.
as officer
POST /tickets
form right=restriction regime=eu-gdpr region=eu country=DE channel=mail received=2026-03-02 mine=yes
location /tickets/3
POST /tickets/3/identity
form method=known-contact level=low
status 303
follow
see Add the customer ID first
POST /tickets/3/restrictions
form reason=18-1-d
status 422
see There is no customer ID on this ticket. Add one, then restrict it.
POST /tickets/3/ids
form id=cust_new
POST /tickets/3/restrictions
form reason=18-1-d
status 303
audit restriction.placed hold/2 by officer
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_new
json {"input":{"text":"frozen words"}}
status 200
GET /v2/assistants/a1/logs?version=2020-04-01
status 200
not see frozen words
as support
POST /search
form q=cust_new
follow
see Restricted under Art. 18
not see frozen words
POST /tickets/3/restrictions
form reason=18-1-d
status 403

# What an officer refused can be proposed again; while it is open nobody closes the ticket.
POST /tickets
form right=erasure regime=eu-gdpr region=eu country=DE channel=phone received=2026-03-02 ids=cust_9000 mine=yes
location /tickets/4
POST /tickets/4/identity
form method=known-contact level=low
POST /tickets/4/erasures
form reason=17-1-b
audit erasure.proposed erasure/2 by support
follow
not html action="/tickets/4/erasures"
as officer
GET /tickets/4
not html action="/tickets/4/answer"
POST /erasures/2/refuse
form reason=17-3-b explanation=because authority=somebody told=complaint told=remedy
status 303
GET /tickets/4
html action="/tickets/4/answer"
html href="#erase"
html id="erase" open
