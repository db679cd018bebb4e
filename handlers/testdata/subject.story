# A data subject is all that is held under one ID; the address has a reference and never the ID.
service support-bot
service shop-bot
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=slack_T09LVDR7YW4F8K9JNF
json {"input":{"text":"Hello"}}
times 2
status 200
api shop-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=slack_T09LVDR7YW4F8K9JNF;customer_id=abc
json {"input":{"text":"Hello"}}
status 200

as support
POST /search
form q=slack_T09LVDR7YW4F8K9JNF
follow
keep subject=(/subjects/[\w-]+)
GET {subject}
status 200
see slack_T09LVDR7YW4F8K9JNF
see 3 records
see support-bot
see shop-bot
see Also bear other IDs 1 record
see Slack
html /erasures/new?subject=
keep ref=/erasures/new\?subject=([\w-]+)

# The form to propose: a ground, and a reason for each service that is left out.
GET /erasures/new?subject=s_nobody
status 404
POST /erasures
form subject={ref}
status 422
see Choose the ground on which the person asks.
see Say why this service is left out.
see Leave at least one service in.
not audit erasure.proposed
POST /erasures
form subject={ref} reason=17-1-b service={support-bot.number} why-{shop-bot.number}=because
status 422
see Say why this service is left out.
POST /erasures
form subject=s_nobody reason=17-1-b service={support-bot.number}
status 404
POST /erasures
form subject={ref} reason=17-1-b service={support-bot.number} service={shop-bot.number}
status 303
location /erasures/1
GET {subject}
see Proposed
see Erasure pending
GET /erasures?state=scheduled
status 200
see No erasures here
