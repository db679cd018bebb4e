# The auditor's room: a sample that nobody could choose, an inspection pack, statistics by right and outcome.
service support-bot
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"one"}}
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_9900
json {"input":{"text":"two"}}
DELETE /v2/user_data?customer_id=cust_8842&version=2020-04-01
status 202
DELETE /v2/user_data?customer_id=cust_9900&version=2020-04-01
status 202
run batch now

# What a sample is drawn from, and the hash of its seed, stand in the trail before anybody can know what it draws.
as auditor
GET /samples
status 200
see No sample yet
POST /samples
form kind=all size=none
status 422
see Write a whole number from 1 to 1,000.
POST /samples
form kind=people size=1
status 422
see Choose from which requests to draw.
POST /samples
form kind=all size=9
status 422
see There are not so many such requests
not audit sample.committed
POST /samples
form kind=done size=1
status 303
location /samples/1
audit sample.committed sample/1 by auditor
GET /samples/1
status 200
see Committed, not drawn
see SHA-256 of the seed
not see SHA-256 of the word
POST /exports
form what=pack format=zip sample=1
status 404
not audit export.made
as admin
GET /samples/1
status 200
see Not drawn yet
POST /samples/1/draw
status 403

# Whoever asked adds a word that the house did not know; it is not kept.
as auditor
POST /samples/1/draw
form word="dice: 4 2 6"
status 303
audit sample.drawn sample/1 by auditor
follow
status 200
see Drawn
see sha256sum
not see dice: 4 2 6
html /receipt"
GET /samples
status 200
see Sample 1
POST /samples/1/draw
form word=again
status 409

# The pack is one zip, written down before its first byte leaves and once more when it has.
POST /exports
form what=pack format=csv
status 422
see An inspection pack is a zip
POST /exports
form what=pack format=zip sample=1
status 200
answer Content-Type: application/zip
answer Content-Disposition: attachment; filename=quittance-inspection-1-2026-03-02.zip
audit export.sealed export/1 by auditor
POST /exports
form what=pack format=zip
status 200
not see cust_8842
audit export.made export/2 by auditor
POST /exports
form what=audit format=ndjson
status 200
answer Content-Type: application/x-ndjson
see {"export":3
see {"checkpoint":
not see cust_8842
POST /exports
form what=erasures format=ndjson
status 422
see Only the audit trail and an improvement set are exported as NDJSON.

# Requests by right and outcome.
GET /statistics
status 200
see Erasure, Art. 17
see By an application
see March 2026
POST /exports
form what=statistics format=csv
status 200
see month,right,via,outcome
see 2026-03,17,api,done,,2,2
as support
GET /statistics
status 403
GET /samples
status 403
