# The main job: a person asks to be erased. Support finds their data and proposes, an officer approves, the batch runs, the receipt says so.
service support-bot
service shop-bot

api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"Hello, my address is rita@example.org"}}
times 2
status 200
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842;customer_id=cust_9000
json {"input":{"text":"We share this one"}}
status 200
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_9000
json {"input":{"text":"Only mine"}}
status 200
api shop-bot
POST /v1/workspaces/w1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"Where is my parcel?"}}
status 200

# Support looks for the person. The address of what is found does not name them.
as support
POST /search
form q=cust_8842
status 303
location /searches/*
audit search.made by support
follow
status 200
see 4 records for
see In 2 services
see masked email
not see rita@example.org
keep subject=/subjects/([\w-]+)

GET /subjects/{subject}
status 200
see cust_8842
see 4 records


# What an erasure would take, before it is proposed.
GET /erasures/new?subject={subject}
status 200
see support-bot
see shop-bot
POST /erasures
form subject={subject} reason=17-1-b service={support-bot.number} service={shop-bot.number} note="Asked by telephone"
status 303
location /erasures/*
keep number=/erasures/(\d+)
audit erasure.proposed erasure/{number} by support
follow
status 200
see Proposed
see Nothing is erased until a second person approves it.
see A compliance officer decides on this.
not html /erasures/{number}/approve

# Somebody may always come later: this one is after the cut-off and stays.
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"After the cut-off"}}
status 200

as officer
GET /
status 200
see Approve or refuse erasure {number}
GET /erasures?state=proposed
status 200
see cust_8842
GET /erasures/{number}
status 200
see Asked by telephone
keep hash=name="hash" value="([0-9a-f]{64})"
keep short=name="hash" value="([0-9a-f]{12})
POST /erasures/{number}/approve
form hash={hash} confirm="erase 3 records"
status 422
see Type the words exactly as they stand: erase 4 records
not audit erasure.approved
POST /erasures/{number}/approve
form hash={hash} confirm="erase 4 records"
status 303
location /erasures/{number}
audit erasure.approved erasure/{number} by officer
audit erasure.scheduled erasure/{number}
follow
see Scheduled
see The batch loop takes it after the cancel window, at 09:15

# The page is pushed to whoever looks, from now on until it is done.
GET /erasures/{number}/live
frames 1
status 200
answer Content-Type: text/event-stream*
see Scheduled
not see event: end

# So are the overview and the list of batches, while something on them moves by itself.
GET /
status 200
html hx-sse:connect="/live"
GET /live
frames 1
status 200
answer Content-Type: text/event-stream*
see Erasure {number}
not see event: end
GET /batches
html hx-sse:connect="/batches/live"
see 1 erasure is scheduled
GET /batches/live
frames 1
status 200
not see event: end

# Inside the cancel window the batch loop leaves it alone.
run batch
not audit batch.opened
pass 16m
run batch
audit batch.opened batch/1 by system
audit erasure.started erasure/{number}
audit erasure.verified erasure/{number}
audit erasure.done erasure/{number}
audit batch.done batch/1

as officer again
GET /batches
status 200
see Done
not html hx-sse:connect
GET /batches/live
see event: end
see Done
html action="/batches/csv"
GET /
not html hx-sse:connect
GET /live
see event: end
GET /batches/1
status 200
see 4 of 4 records erased
GET /batches/1/live
status 200
answer Content-Type: text/event-stream*
see event: end
GET /erasures/{number}
status 200
see Erased and confirmed on
not see cust_8842
GET /erasures/{number}/live
status 200
see event: end
GET /erasures/{number}/receipt
status 200
see support-bot
see shop-bot
see Confirmed
see Manifest {short}
see Download the receipt
not see cust_8842
GET /erasures/{number}/receipt.json
status 200
answer Content-Disposition: attachment; filename=quittance-receipt-*.json
json-has body.parts.0.after 0
not see cust_8842
GET /erasures/{number}/receipt.json?amendment=x
status 404
GET /verifier
status 200
answer Content-Disposition: attachment; filename=quittance-verifier.html

# What came after the cut-off is there, and the other person's own record too; the one that they shared is gone.
as support again
POST /search
form q=cust_8842
follow
status 200
see 1 record for
see After the cut-off
POST /search
form q=cust_9000
follow
see 1 record for
see Only mine
not see We share this one

# Every step stands in the trail, and the trail holds.
as auditor
GET /audit?object=erasure%2F{number}
status 200
see Support Person
see Officer Person
POST /audit/verify
status 303
follow
status 200
see The log is whole
