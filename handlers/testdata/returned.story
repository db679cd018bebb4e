# Data that comes in under an ID after its erasure is kept, flagged, and followed up or explained.
service support-bot
api support-bot
POST /v2/assistants/a1/message?version=2021-06-14
header X-Watson-Metadata: customer_id=cust_7
json {"input":{"message_type":"text","text":"Delete all of this"}}
status 200

as support
GET /search
see Was this ID erased?
POST /search/erased
form id=cust_7
status 200
see No erasure of this ID is on the ledger since
audit erasure.asked by support
POST /search/erased
form id="a;b"
status 422
see must not contain
POST /search
form q=cust_7
follow
keep subject=/subjects/([\w-]+)
POST /erasures
form subject={subject} reason=17-1-b service={support-bot.number}
status 303
as officer
GET /erasures/1
keep hash=name="hash" value="([0-9a-f]{64})"
POST /erasures/1/approve
form hash={hash} confirm="erase 1 record"
status 303
as support
POST /search/erased
form id=cust_7
status 200
see An erasure of this ID was accepted on
see and has not finished
pass 16m
run batch
as support again
POST /search/erased
form id=cust_7
see and finished on
html href="/erasures/1"

# The person is back.
api support-bot
POST /v2/assistants/a1/message?version=2021-06-14
header X-Watson-Metadata: customer_id=cust_7
json {"input":{"message_type":"text","text":"It is me again"}}
status 200
audit erasure.returned erasure/1
as officer again
GET /
see 1 erased customer ID came back
see Returned after erasure
see cust_7
html action="/subjects/{subject}/returned/erase"
as auditor
GET /
see 1 erased customer ID came back
not see cust_7
as support again
POST /search
form q=cust_7
follow
see An erasure of this ID was accepted on
see Returned after erasure
GET /subjects/{subject}
status 200
see Returned after erasure: 1 record.
see Propose a follow-up erasure
not see It is meant to be there
POST /subjects/{subject}/returned/dismiss
form why=customer-again
status 403
POST /subjects/{subject}/returned/erase
form reason=nonsense
status 422
POST /subjects/{subject}/returned/erase
status 303
location /erasures/2
audit erasure.proposed erasure/2 by support
follow
see Follows up
GET /erasures/1
see Followed up by
POST /subjects/{subject}/returned/erase
status 409
see This is followed up already
GET /subjects/{subject}
see follows it up

# An officer knows that the person is a customer again.
as officer
POST /erasures/2/refuse
form reason=17-1 explanation="A customer again" authority="The authority" told=complaint told=remedy
status 303
POST /subjects/{subject}/returned/dismiss
form why=nonsense
status 422
see Choose why it is meant to be there
POST /subjects/{subject}/returned/dismiss
form why=customer-again
status 303
location /subjects/{subject}
audit erasure.dismissed erasure/1 by officer
GET /
not see Returned after erasure
POST /subjects/{subject}/returned/erase
status 404
