# One person, several customer IDs: integrations make their own. What may be the same is proposed and says why; only a person joins it.
# From then on the records stand together, and an erasure is proposed for each ID in one step and approved in one.
service support-bot
service shop-bot
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_77
json {"input":{"text":"From the web chat"},"user_id":"cust_77","context":{"integrations":{"chat":{}}}}
times 2
status 200
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=slack_cust_77
json {"input":{"text":"From Slack"}}
status 200
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_77;customer_id=friend
json {"input":{"text":"We share this"}}
status 200
api shop-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=shop_4711
json {"input":{"text":"I am named"},"user_id":"cust_77"}
status 200

as support
POST /search
form q=cust_77
follow
see 3 records for
keep subject=/subjects/([\w-]+)
GET /subjects/{subject}
status 200
see The web chat: it copies the application's user_id
see May be the same person
see slack_cust_77
see The two differ only by the prefix
see friend
see One conversation bears both: one person, or two who share it.
not see confirmed
keep slack=name="other" value="([\w-]+)"
POST /search
form q=shop_4711
follow
keep shop=/subjects/([\w-]+)
GET /subjects/{shop}
see Messages of one name the other as their user_id
keep named=name="other" value="([\w-]+)"

# What nothing speaks for is not joined, and nobody joins by themselves what was not proposed.
POST /subjects/{subject}/aliases
form other={shop}
status 409
not audit alias.confirmed
POST /subjects/{subject}/aliases
form other={slack}
status 303
location /subjects/{subject}
audit alias.confirmed by support
follow
see Confirmed: one person.
see The same person, confirmed
see Confirmed by Support Person
see 4 records. Under 2 customer IDs of one person, in 1 service
POST /subjects/{subject}/aliases
form other={slack}
status 409
POST /subjects/{shop}/aliases
form other={named}
status 303
GET /subjects/{subject}
see 5 records. Under 3 customer IDs of one person, in 2 services
GET /subjects/{subject}/records
status 200
see From Slack
see I am named
see We share this
GET /subjects/{subject}/records?service={shop-bot.number}
see I am named
not see From Slack
GET /subjects/{slack}
see 5 records. Under 3 customer IDs of one person

# An erasure is one request for each ID.
GET /erasures/new?subject={subject}
status 200
see Proposed with it
see slack_cust_77
see Propose 3 erasures
see shop-bot
POST /erasures
form subject={subject} reason=17-1-b service={support-bot.number} service={shop-bot.number}
status 303
location /erasures/1
audit erasure.proposed erasure/1 by support
audit erasure.proposed erasure/2 by support
audit erasure.proposed erasure/3 by support
follow
see and one for each other ID of the person
see One person, one request for each ID
see Erasure 1, this one
GET /subjects/{subject}
see Erasure 3

# An alias that is undone lapses the approval; a new cut-off brings the requests in line.
as officer
GET /erasures/1
keep hash=name="hash" value="([0-9a-f]{64})"
keep with2=value="(2:[0-9a-f]{64})"
keep with3=value="(3:[0-9a-f]{64})"
see Type “erase 5 records in 3 requests” to confirm
as support
POST /subjects/{subject}/aliases/undo
form other={shop}
status 303
audit alias.undone by support
POST /subjects/{subject}/aliases/undo
form other={shop}
status 409
as officer
POST /erasures/1/approve
form hash={hash} with={with2} with={with3} confirm="erase 5 records in 3 requests"
status 422
see The data subject of this erasure has changed
see No longer about the same person: Erasure 3.
html action="/erasures/1/refresh"
not html action="/erasures/1/approve"
not audit erasure.approved
as support
POST /erasures/1/refresh
status 303
audit erasure.refreshed erasure/1 by support
audit erasure.refreshed erasure/2 by support
as officer
GET /erasures/1
keep hash=name="hash" value="([0-9a-f]{64})"
keep with2=value="(2:[0-9a-f]{64})"
not html value="3:
see Type “erase 4 records in 2 requests” to confirm
POST /erasures/1/approve
form hash={hash} with={with2} confirm="erase 5 records in 3 requests"
status 422
POST /erasures/1/approve
form hash={hash} with=nonsense confirm="erase 4 records in 2 requests"
status 404
POST /erasures/1/approve
form hash={hash} with={with2} confirm="erase 4 records in 2 requests"
status 303
audit erasure.approved erasure/1 by officer
audit erasure.approved erasure/2 by officer
not audit erasure.approved erasure/3
pass 16m
run batch
audit erasure.done erasure/1
audit erasure.done erasure/2
as officer again
GET /erasures/1
see Done
not see slack_cust_77
GET /erasures/3
see Proposed
see shop_4711
as support again
POST /search
form q=slack_cust_77
follow
not see From Slack
POST /search
form q=shop_4711
follow
see 1 record for
