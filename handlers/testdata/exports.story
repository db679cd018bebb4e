# The auditor takes the trail and the erasures along, as CSV and as JSON; each export is written down before its first byte leaves.
service support-bot
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"one"}}
DELETE /v2/user_data?customer_id=cust_8842&version=2020-04-01
status 202
run batch now

as auditor
GET /exports
status 200
see Nothing was exported yet
html name="what"
POST /exports
status 422
see Choose what to export.
see Choose a format.
not audit export.made
POST /exports
form what=audit format=csv from=2026-03-05 to=2026-03-01
status 422
see This day lies before the first one.
POST /exports
form what=records format=xml from=soon
status 422
see Write a day as year, month and day
not audit export.made

POST /exports
form what=audit format=csv
status 200
answer Content-Type: text/csv*
answer Content-Disposition: attachment; filename=quittance-audit-2026-03-02.csv
see number,time,actor,event,object,hash,leaf
see erasure.accepted
see erasure/1
not see cust_8842
audit export.made export/1 by auditor
POST /exports
form what=audit format=json
status 200
answer Content-Type: application/json
answer Content-Disposition: attachment; filename=quittance-audit-2026-03-02.json
json-has export 2
json-has what "audit"
json-has entries.0.number 0
json-has entries.0.leaf.event "log.created"
json-has checkpoint
json-has key
not see cust_8842
audit export.made export/2 by auditor
POST /exports
form what=erasures format=bundle
status 422
see Only the audit trail is exported as a bundle.
POST /exports
form what=records format=csv
status 422
see Choose what to export.
POST /exports
form what=audit format=zip
status 422
see An inspection pack is a zip, and nothing else is.
POST /exports
form what=pack format=csv
status 422
see An inspection pack is a zip, and nothing else is.
not audit export.made
POST /exports
form what=audit format=bundle from=2026-03-01
status 422
see A bundle holds the whole trail.
not audit export.made
POST /exports
form what=audit format=bundle
status 200
answer Content-Type: application/x-ndjson
answer Content-Disposition: attachment; filename=quittance-audit-2026-03-02.bundle
see {"bundle":"quittance audit"
see "receipt":{"erasure":1
see {"checkpoint":
not see cust_8842
audit export.made export/3 by auditor
POST /exports
form what=erasures format=csv
status 200
see number,reference,state,origin
see done,api
not see cust_8842
audit export.made export/4 by auditor
POST /exports
form what=erasures format=json from=2026-03-01 to=2026-03-02
status 200
json-has rows 1
json-has entries.# 1
json-has entries.0.state "done"
json-has entries.0.found 1
json-has entries.0.remaining 0
json-has entries.0.ground "api"
json-lacks entries.0.subject
audit export.made export/5 by auditor
POST /exports
form what=erasures format=json from=2026-02-01 to=2026-02-28
status 200
json-has rows 0
json-has entries []
GET /exports
status 200
see Audit trail
see Erasures

# The step-up stands before an export too; support makes none.
pass 6m
POST /exports
form what=audit format=csv
status 401
see To make an export, sign in again.
not audit export.made
POST /exports
form what=audit format=csv step-up="{password}"
status 200
audit export.made export/7 by auditor
as support
GET /exports
status 403
POST /exports
form what=audit format=csv
status 403
not audit export.made
