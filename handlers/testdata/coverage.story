# How much of what comes in bears a customer ID: by service and day, who sends what does not, since when, and what to change there.
service support-bot
as officer
GET /coverage
status 200
see Nothing came in
see What lies in linked services is not counted here.

api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"one"}}
status 200
POST /v2/assistants/a1/message?version=2020-04-01
json {"input":{"text":"forgotten"}}
status 200
POST /v1/workspaces/w1/message?version=2020-04-01
json {"input":{"text":"From Messenger"},"context":{"metadata":{"deployment":"facebook"}}}
status 200
pass 48h
POST /v2/assistants/a1/message?version=2020-04-01
json {"input":{"text":"again"}}
status 200

as auditor
GET /coverage
status 200
see 3 February to 4 March 2026
html title="1 labelled, 1 not labelled, 1 not erasable by ID"
html title="0 labelled, 1 not labelled"
see 25 % labelled
see Labelled 1
see Not labelled 2
see Not erasable by ID 1
see a1
see 2 Mar 2026
see 4 Mar 2026
see Facebook
see X-Watson-Metadata: customer_id=ID
see Node.js, ibm-watson
see Labels are not supported there
not see cust_8842
not html href="/coverage/conversations
GET /coverage?days=7
see 26 February to 4 March 2026
GET /coverage?days=91
html title="1 labelled, 2 not labelled, 1 not erasable by ID"
GET /services
html href="/coverage"
GET /services/1
html href="/coverage"
GET /
html href="/coverage"

# What is erased is not counted any more, and an export is written down.
api support-bot
DELETE /v2/user_data?customer_id=cust_8842&version=2020-04-01
status 202
run batch now
as auditor
GET /coverage
html title="0 labelled, 1 not labelled, 1 not erasable by ID"
POST /exports
form what=coverage format=csv from=2026-03-02 to=2026-03-02
status 200
see service,name,day,labelled,unlabelled,not_erasable_by_id
see 1,support-bot,2026-03-02,0,1,1
not see 2026-03-04
audit export.made export/1 by auditor
POST /exports
form what=coverage format=json
status 200
json-has entries.1.unlabelled 1

# The day after the last one of an export is not in it, and whoever takes nothing out of the house is offered no file.
api support-bot
pass 12h
POST /v2/assistants/a1/message?version=2020-04-01
json {"input":{"text":"the same day, later"}}
status 200
as auditor again
POST /exports
form what=coverage format=csv from=2026-03-02 to=2026-03-03
status 200
see 2026-03-02
not see 2026-03-04
html service,name,day
GET /coverage
html value="coverage"
as support again
GET /coverage
status 200
not html value="coverage"
