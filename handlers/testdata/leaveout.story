# A service can be left out of an erasure, with a reason that stands on the manifest and the receipt; what lies there stays.
service support-bot
service shop-bot
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"in the support chat"}}
status 200
api shop-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"in the shop"}}
status 200

as support
POST /search
form q=cust_8842
follow
keep subject=/subjects/([\w-]+)
POST /erasures
form subject={subject} reason=17-1-b service={support-bot.number}
status 422
see Say why this service is left out.
POST /erasures
form subject={subject} reason=17-1-b service={support-bot.number} why-{shop-bot.number}=17-3-b
status 303
location /erasures/1
follow
status 200
see support-bot
see shop-bot

as officer
GET /erasures/1
keep hash=name="hash" value="([0-9a-f]{64})"
POST /erasures/1/approve
form hash={hash} confirm="erase 1 record"
status 303
run batch now
audit erasure.done erasure/1
GET /erasures/1/receipt
status 200
see shop-bot: 1 record left out.
api support-bot
GET /v2/assistants/a1/logs?version=2020-04-01
json-has logs []
api shop-bot
GET /v2/assistants/a1/logs?version=2020-04-01
json-has logs.# 1
