# What people said helps to improve a service, but not what was opted out of learning, what the plan excludes, what is kept back, nor who said it.
service support-bot
service premium-bot
api premium-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_p
json {"input":{"text":"canary of the premium plan"}}
status 200
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_1
header X-Watson-Learning-Opt-Out: true
json {"input":{"text":"canary of the opt-out"}}
status 200
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_2
json {"input":{"text":"canary of the hold"}}
status 200
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_3
json {"input":{"text":"canary of the restriction"}}
status 200
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_4
json {"input":{"text":"canary of the erasure"}}
status 200
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842;customer_id=cust_other
json {"input":{"text":"my name is Anna Schmidt, I am cust_8842, also cust_other, mail anna@x.de: where is my green parcel"}}
status 200
POST /v2/assistants/a1/message?version=2020-04-01
json {"input":{"text":""}}
status 200
DELETE /v2/user_data?customer_id=cust_4&version=2020-04-01
status 202
as admin
POST /services/2/suitability
form plan=premium
status 303
GET /services/1
see Opted out of learning 1 record
as support
GET /records/2
see Opted out of learning
as officer
POST /search
form q=cust_2
follow
keep held=/subjects/([\w-]+)
POST /holds
form kind=hold subject={held} reason=17-3-e custodian="Legal team" review=2026-12-01
status 303
POST /search
form q=cust_3
follow
keep frozen=/subjects/([\w-]+)
POST /holds
form kind=restriction subject={frozen} reason=18-1-a note=contested
status 303

GET /exports
see Improvement set
POST /exports
form what=improvement format=csv
status 422
see The improvement set comes as NDJSON.
POST /exports
form what=erasures format=ndjson
status 422
see Only the audit trail and an improvement set are exported as NDJSON.
POST /exports
form what=improvement format=ndjson
status 200
answer Content-Type: application/x-ndjson
answer Content-Disposition: attachment; filename=quittance-improvement-2026-03-02.ndjson
html "n":1,
html my name is [name], I am [customer id], also [customer id], mail [email]: where is my green parcel
html {"lines":1,"left_out":{"erasure_pending":1,"held_or_restricted":2,"no_message":1,"opted_out":1,"plan":1}}
not html canary
not html cust_
not html Anna
not html session
audit export.made export/1 by officer
audit export.ended export/1 by officer
GET /exports
see Improvement set
as auditor
GET /exports
not see What people said and were answered
POST /exports
form what=improvement format=ndjson
status 422
see Only an officer exports what people said.
