# How long what a service holds is kept: an officer chooses, a second one approves what destroys more, and the night does it.
service support-bot
service kb-search discovery
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"long ago"}}
status 200
pass 720h
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_9000
json {"input":{"text":"of late"}}
status 200

# An administrator says which plan it is; that switches nothing on.
as admin
GET /services/1
see Kept: until it is erased.
not html action="/services/1/retention"
see The plan is not known.
html href="/services/1/suitability#known"
POST /services/1/suitability
form plan=gold
status 422
see Choose from what is offered.
POST /services/1/suitability
form plan=plus
status 303
location /services/1/suitability
audit service.changed service/1 by admin
GET /services/1
see Plan: Plus
see Kept: until it is erased.

as officer
GET /services/1
see Plan: Plus
see Plus: 30 days, as IBM's documents say of an Assistant's logs
html name="days-1" type="number" value="30"
POST /services/1/retention
form days-1=soon
status 422
see Write a whole number of days from 1 to 36,500, or nothing.
html value="soon"
POST /services/1/retention
form days-1=0
status 422
POST /services/1/retention
status 422
see Say how many days.
not audit retention.proposed
POST /services/1/retention
form days-1=7
status 303
audit retention.proposed service/1 by officer
follow
see Saved. What is shorter takes effect after 24 hours, once a second officer has approved it.
see Waiting: 7 days, chosen by Officer Person, not before 2 Apr 2026, 09:00; a second officer has yet to approve it
see The first run, in the night after 2 Apr 2026, 09:00, will erase 1 record of those here now, the oldest of 2 Mar 2026.
see You chose this, so a second officer has to approve it.
not see to confirm
POST /services/1/retention/approve
form kind=1 days=7 confirm-1="keep 7 days"
status 403
see A second person must do this
pass 25h
run retention
not audit batch.opened

person other@q.example officer
as other@q.example
GET /retention
see support-bot
see Waiting: 7 days, chosen by Officer Person
see Nothing was past its retention yet.
see Next run: 3 Apr 2026, 03:00 or soon after.
GET /services/1
see Type “keep 7 days” to confirm
POST /services/1/retention/approve
form kind=1 days=7 confirm-1="yes"
status 422
see Type the words exactly as they stand: keep 7 days
html value="yes"
POST /services/1/retention/approve
form kind=1 days=8 confirm-1="keep 7 days"
status 409
see Something else was chosen meanwhile
POST /services/1/retention/approve
form kind=message days=7
status 404
not audit retention.approved
POST /services/1/retention/approve
form kind=1 days=7 confirm-1="keep 7 days"
status 303
location /services/1
audit retention.approved service/1
follow
see Kept: 7 days.
see 1 record is due now, the oldest of 2 Mar 2026.
POST /services/1/retention/approve
form kind=1 days=7
status 409

# The run is a batch like any other; nobody's receipt.
run retention
audit retention.ran batch/1
as auditor
GET /batches/1
status 200
see 1 of 1 record erased
see It erases what is past its retention.
see support-bot Message, from before 26 Mar 2026, 10:00
not see Requests 0
GET /batches
see Retention
GET /retention
see Last run: batch 1,
see Nothing is due now.
see until it is erased
html name="what" value="retention"
GET /audit?object=batch%2F1
see A batch has erased what was past its retention
keep entry=href="(/audit/\d+)"
GET /audit?object=service%2F1
see A shorter retention was approved by a second officer
POST /exports
form what=retention format=csv
status 200
see service,name,kind,days,waiting,waits_until,proposer,approver
see 1,support-bot,message,7,,,,
see 2,kb-search,document,,,,,
audit export.made export/1 by auditor
POST /exports
form what=retention format=json
json-has entries.0.days 7
json-has entries.1.name "kb-search"
json-lacks entries.1.days

# Longer holds at once, and so does until it is erased.
as officer again
POST /services/1/retention
form days-1=
status 303
audit retention.changed service/1 by officer
follow
see Saved, and in force.
see Kept: until it is erased.
api support-bot
GET /v2/assistants/a1/logs?version=2020-04-01
json-has logs.# 1
json-has logs.0.customer_id "cust_9000"
