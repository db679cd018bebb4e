# How a service treats messages without a customer ID, and deletions: an administrator chooses. What is tighter holds at once.
service support-bot
service kb-search discovery
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
json {"input":{"text":"Who am I?"}}
status 200

as admin
GET /services/1
see Messages without a customer ID
see Stored, counted, and shown as a risk
GET /records/1
status 403
POST /services/1/policies
form unlabelled=sometimes deletion=automatic
status 422
see Choose one of these.
not audit service.changed
POST /services/1/policies
form unlabelled=refused deletion=automatic
status 303
location /services/1
audit service.changed service/1 by admin
follow
see Saved, and in force.

api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
json {"input":{"text":"Who am I now?"}}
status 400
json-has code 400
see X-Watson-Metadata: customer_id=ID
not audit records.ingested
POST /v1/workspaces/w1/message?version=2020-04-01
json {"input":{"text":"And here?"}}
status 400
not audit records.ingested
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=abc
json {"input":{"text":"I am abc"}}
status 200

# What is looser waits for a day, on the page too; saving something else meanwhile leaves it alone.
as admin
POST /services/1/policies
form unlabelled=allowed deletion=automatic
status 303
audit policy.scheduled service/1 by admin
not audit service.changed
follow
see What is looser takes effect after 24 hours.
see Waiting: Allowed from 3 Mar 2026, 09:00
see until then: Refused
POST /services/1/policies
form unlabelled=allowed deletion=approval
status 303
audit service.changed service/1 by admin
not audit policy.scheduled
as auditor
GET /services/1
see Waiting: Allowed from 3 Mar 2026, 09:00
see An officer approves first
not html /services/1/policies
GET /audit?object=service%2F1
see The loosening of a policy was scheduled; it takes effect after 24 hours.
keep entry=href="(/audit/\d+)"
GET {entry}
see Deletions by API
see Before Run by themselves
see After An officer approves first
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
json {"input":{"text":"Not yet"}}
status 400
DELETE /v2/user_data?version=2020-04-01&customer_id=abc
status 202
as officer
GET /erasures
see Proposed

pass 24h
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
json {"input":{"text":"Now I may"}}
status 200
as support again
GET /records/3
status 200
see Not labelled
not see A deletion by customer ID does not reach it.
as officer again
GET /services/1
see The policy of this service allows records without a customer ID.

# A service that takes no messages has no policy on them.
GET /services/2
not see Messages without a customer ID
see Deletions by API

# A deletion by API that waits for an officer: the application hears what it always hears, the clock is shown, and when it is over the
# request is late and waits on.
api kb-search
POST /v1/environments/e1/collections/c1/documents?version=2019-04-30
header X-Watson-Metadata: customer_id=abc
part metadata={}
picture file note.png
as admin again
POST /services/2/policies
form deletion=approval
status 303
api kb-search
DELETE /v1/user_data?version=2019-04-30&customer_id=abc
status 200
json-is {}
audit erasure.accepted erasure/2 by key kb-search
not audit erasure.scheduled
as officer again
GET /erasures?state=proposed
see Filed through the API
see in 24 h 0 min
GET /
see Filed by API key kb-search, 24 h 0 min left of its 24 hours
GET /erasures/2
see An application filed it, and the policy of its service asks for an officer first. Its 24 hours run since then and end on
see it is never carried out by itself.
see Approve
pass 25h
run batch now
tell late
audit erasure.late erasure/2
as officer again
GET /erasures/2
see Proposed
see it is late, and waits all the same.
GET /
see Approve or refuse erasure 1 Filed by API key support-bot, late by 25 h 0 min, since 2 Mar 2026, 09:00 Approve or refuse erasure 2 Filed by API key kb-search, late by 1 h
see 2 erasures are past the 24 hours and not ended
GET /erasures?state=proposed
see 1 h 0 min late
