# Four eyes: whoever proposed an erasure can neither approve nor refuse it, whatever roles they hold; and only what was read is approved.
person both@q.example support,officer
service support-bot
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=abc
json {"input":{"text":"one"}}
status 200

as both@q.example
POST /search
form q=abc
follow
keep subject=/subjects/([\w-]+)
POST /erasures
form subject={subject} reason=17-1-b service={support-bot.number}
keep number=/erasures/(\d+)
follow
status 200
see You proposed this, so a second officer has to decide on it.
keep hash=([0-9a-f]{64})
POST /erasures/{number}/approve
form hash={hash} confirm="erase 1 record"
status 403
see A second person must do this
not audit erasure.approved
POST /erasures/{number}/refuse
form reason=17-3-b explanation=because authority=somebody told=complaint told=remedy
status 403
see A second person must do this
not audit erasure.refused
GET /
not see Approve or refuse erasure {number}

# Support cannot approve at all, and the attempt is written down.
as support
POST /erasures/{number}/approve
form hash={hash} confirm="erase 1 record"
status 403
see Your role does not allow this
audit permission.refused by support

# While the officer reads, more comes in and support takes a new cut-off: the approval of what was read before lapses.
as officer
GET /erasures/{number}
status 200
keep hash=name="hash" value="([0-9a-f]{64})"
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=abc
json {"input":{"text":"two"}}
status 200
as support
POST /erasures/{number}/refresh
status 303
location /erasures/{number}
audit erasure.refreshed erasure/{number} by support
follow
see A new cut-off was taken.
as officer
POST /erasures/{number}/approve
form hash={hash} confirm="erase 1 record"
status 422
see Type the words exactly as they stand: erase 2 records
POST /erasures/{number}/approve
form hash={hash} confirm="erase 2 records"
status 422
see The manifest has changed
see Nothing was approved.
see was taken anew after you read it
see 1 more record
not audit erasure.approved
GET /erasures/{number}
keep hash=name="hash" value="([0-9a-f]{64})"

# An approval wants a sign-in of the last five minutes; the page asks for the password and goes on.
pass 6m
POST /erasures/{number}/approve
form hash={hash} confirm="erase 2 records"
status 401
see To approve erasure {number}, sign in again.
not audit erasure.approved
POST /erasures/{number}/approve
form hash={hash} confirm="erase 2 records" step-up=wrong
status 401
see The e-mail address or the password is wrong.
not audit erasure.approved
POST /erasures/{number}/approve
form hash={hash} confirm="erase 2 records" step-up="{password}"
status 303
audit signin.confirmed by officer
audit erasure.approved erasure/{number} by officer

# It is approved once.
POST /erasures/{number}/approve
form hash={hash} confirm="erase 2 records"
status 409
POST /erasures/{number}/refresh
status 409
not audit erasure.refreshed
POST /erasures/99/approve
form hash={hash} confirm="erase 2 records"
status 404
GET /erasures/x
status 404
