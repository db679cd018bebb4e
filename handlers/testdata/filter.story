# Finding messages by a filter: the advanced box, what is wrong with a filter and where, masks, paging, and whose search it is.
person other@q.example support
service support-bot
service shop-bot

api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"I ordered two, write to rita@example.org","intents":[{"intent":"order","confidence":0.9}]}}
times 60
status 200
pass 1h
api shop-bot
POST /v1/workspaces/w1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_9999
json {"input":{"text":"My orders in the shop"},"intents":[{"intent":"order","confidence":0.4}]}
status 200
POST /v2/assistants/a1/message?version=2020-04-01
json {"input":{"text":"Nothing of the kind"}}
status 200

as support
GET /search
status 200
html name="filter"
see Advanced: filter messages
html href="/help#filters"
not html <details class="advanced" open>

# What is wrong is said with its place, beside what was typed; nothing is kept of it.
POST /search
form filter=language::en,nonsense::a
status 422
html <details class="advanced" open>
see At character 14: this field is not supported.
html language::en,nonsense::a</textarea>
html <mark>n</mark>onsense::a
not audit search.made
POST /search
form filter=customer_id::
status 422
see At the end: a value is missing.
POST /search
form filter=ä::b
status 422
see At character 1: the name of a field is missing.
POST /search
form filter=language::e*
status 422
see At character 11: the wildcard
POST /search
form filter=
status 422
see At the end: the filter is empty.
not audit search.made

# Over all services and both versions of the API, by forms of a word, newest first, masked.
POST /search
form filter=request.input.text:order
status 303
location /searches/*
keep search=(/searches/[\w-]+)
audit search.made
follow
status 200
see Messages that fit the filter
see Asked 2 services
html My orders in the shop
html I ordered two
not html Nothing of the kind
not html rita@example.org
see masked email
html request.input.text:order</textarea>
not html This is not the whole answer
not html /csv
keep older=href="([^"]*before=[^"]*)" rel="next"
not html rel="prev"
GET {older}
status 200
html I ordered two
not html My orders
keep newer=href="([^"]*after=[^"]*)" rel="prev"
not html rel="next"
GET {newer}
status 200
html My orders in the shop

# Conditions on one element, in either version's words.
POST /search
form filter=response.output.intents:(intent::order,confidence<0.5)
status 303
follow
status 200
html My orders in the shop
not html I ordered two
POST /search
form filter=customer_id::nobody
status 303
follow
status 200
see No message fits the filter

# It is its maker's, as every search; whoever reads no records has none; and it has no file.
as officer
GET {search}
status 404
POST {search}/csv
status 404
POST /search
form filter="language::en"
keep own=(/searches/[\w-]+)
POST {own}/csv
status 404
as other@q.example
GET {search}
status 404
as auditor
GET {search}
status 403
POST /search
form filter=request.input.text:order
status 403

# A day later it is gone.
pass 25h
as support again
GET {search}
status 404
