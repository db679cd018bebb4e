# A record is masked by the server. Who wants to look behind the bars says what for, and that stands in the trail.
service support-bot
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=abc
header X-Watson-Learning-Opt-Out: true
json {"input":{"text":"Write to rita@example.org or call +49 30 901820"},"user_id":"rita.levi"}
status 200
POST /v2/assistants/a1/message?version=2020-04-01
json {"input":{"text":"Who am I?"}}
status 200
POST /v1/workspaces/w1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=abc
json {"input":{"text":"v1"}}
status 200

as support
POST /search
form q=abc
follow
keep record=(/records/1)
GET {record}
status 200
see abc
see masked email
see masked phone
see Watson API, Assistant v2
not see rita@example.org
not see 30 901820
not html rita.levi
not audit record.revealed
# One that nobody labelled says so.
GET /records/2
status 200
see Not labelled
GET /records/3
status 200
see Watson API, Assistant v1

POST {record}/reveal
status 422
see Say what for: the person may ask who looked at their data and why.
not see rita@example.org
not audit record.revealed
POST {record}/reveal
form purpose=curiosity
status 422
not see rita@example.org
not audit record.revealed
POST {record}/reveal
form purpose=support-case
status 200
see rita@example.org
see +49 30 901820
see Help the person with their case
audit record.revealed by support
# By the back button it is masked again.
GET {record}
not see rita@example.org
POST /search
form q=abc
follow
keep subject=(/subjects/[\w-]+)
GET {subject}
see Looked at in clear 1 time

GET /records/99
status 404
GET /records/x
status 404
POST /records/99/reveal
form purpose=support-case
status 404
as auditor
GET {record}
status 403
audit permission.refused by auditor
POST {record}/reveal
form purpose=support-case
status 403
not audit record.revealed
as admin
POST {record}/reveal
form purpose=support-case
status 403
