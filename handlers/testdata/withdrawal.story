# Until a batch has taken it, an erasure can be taken back: by whoever proposed it, or by an officer.
person other@q.example support
service support-bot
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=abc
json {"input":{"text":"one"}}
status 200

as support
POST /search
form q=abc
follow
keep subject=/subjects/([\w-]+)
POST /erasures
form subject={subject} reason=17-1-b service={support-bot.number}
location /erasures/1

# Somebody else in support cannot.
as other@q.example
POST /erasures/1/withdraw
status 403
see This is not yours to withdraw
not audit erasure.withdrawn
as support
POST /erasures/1/withdraw
status 303
location /erasures/1
audit erasure.withdrawn erasure/1 by support
follow
see Withdrawn. Nothing was erased.
GET /erasures?state=withdrawn
see Withdrawn

# Approved, and inside the cancel window: an officer takes it back.
POST /erasures
form subject={subject} reason=17-1-b service={support-bot.number}
location /erasures/2
as officer
GET /erasures/2
keep hash=name="hash" value="([0-9a-f]{64})"
POST /erasures/2/approve
form hash={hash} confirm="erase 1 record"
status 303
pass 10m
POST /erasures/2/withdraw
status 303
audit erasure.withdrawn erasure/2 by officer
pass 10m
run batch
not audit batch.opened

# The window is over, but no batch has come yet: still in time.
as support again
POST /erasures
form subject={subject} reason=17-1-b service={support-bot.number}
location /erasures/3
as officer again
GET /erasures/3
keep hash=name="hash" value="([0-9a-f]{64})"
POST /erasures/3/approve
form hash={hash} confirm="erase 1 record"
status 303
pass 16m
as officer again
GET /erasures/3
see It can be withdrawn until then.
POST /erasures/3/withdraw
status 303

# What has run cannot be taken back.
as support again
POST /erasures
form subject={subject} reason=17-1-b service={support-bot.number}
location /erasures/4
as officer
GET /erasures/4
keep hash=name="hash" value="([0-9a-f]{64})"
POST /erasures/4/approve
form hash={hash} confirm="erase 1 record"
status 303
run batch now
audit batch.forced batch/1 by operator
audit erasure.done erasure/4
POST /erasures/4/withdraw
status 409
see This has moved on meanwhile
not audit erasure.withdrawn
POST /erasures/99/withdraw
status 404
