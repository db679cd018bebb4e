# Listing logs: filters, order, pages to the last one, cursors; v1, v2, and all of an instance.
service support-bot
service other-bot
key reader support-bot logs
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=abc
json {"input":{"text":"first"}}
status 200
pass 1s
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=xyz
json {"input":{"text":"second"},"context":{"global":{"system":{"locale":"de"}}}}
status 200
pass 1s
POST /v2/assistants/a1/message?version=2020-04-01
json {"input":{"text":"third"}}
status 200
POST /v1/workspaces/w1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=abc
json {"input":{"text":"v1"}}
status 200

api support-bot reader
GET /v2/assistants/a1/logs?version=2020-04-01
status 200
json-has logs.# 3
json-has logs.0.request.input.text "first"
json-has logs.0.customer_id "abc"
json-lacks logs.2.customer_id
json-has pagination {}
GET /v2/assistants/a1/logs?version=2020-04-01&sort=-request_timestamp
json-has logs.0.request.input.text "third"
GET /v2/assistants/a1/logs?version=2020-04-01&filter=customer_id%3A%3A(abc%7Cxyz)
json-has logs.# 2
GET /v2/assistants/a1/logs?version=2020-04-01&filter=(customer_id%3A%3Aabc%7Ccustomer_id%3A%3Axyz)%2Clanguage%3A%3Ade
json-has logs.# 1
json-has logs.0.request.input.text "second"
GET /v2/assistants/a1/logs?version=2020-04-01&filter=customer_id%3A%3A!abc
json-has logs.# 2
GET /v2/assistants/a1/logs?version=2020-04-01&filter=request_timestamp%3E%3D2026-03-02T09:00:01.000Z%2Crequest_timestamp%3C2026-03-02T09:00:02.000Z
json-has logs.# 1
json-has logs.0.request.input.text "second"
GET /v2/assistants/a1/logs?version=2020-04-01&filter=customer_id%3A%3Anobody
json-is {"logs":[],"pagination":{}}

# Page by page; the last one has nothing in pagination.
GET /v2/assistants/a1/logs?version=2020-04-01&page_limit=2
status 200
json-has logs.# 2
json-has pagination.next_url
keep cursor="next_cursor":"([^"]+)"
keep next="next_url":"([^"]+)"
GET /v2/assistants/a1/logs?version=2020-04-01&page_limit=2&cursor={cursor}
status 200
json-has logs.# 1
json-has logs.0.request.input.text "third"
json-has pagination {}
# A cursor belongs to its listing, cannot be made, and lives for five minutes.
GET /v2/assistants/a2/logs?version=2020-04-01&page_limit=2&cursor={cursor}
status 400
GET /v2/assistants/a1/logs?version=2020-04-01&page_limit=2&cursor=AAAA
status 400
pass 6m
GET /v2/assistants/a1/logs?version=2020-04-01&page_limit=2&cursor={cursor}
status 400
see expired
GET /v2/assistants/a1/logs?version=2020-04-01&page_limit=500000
status 200
json-has logs.# 3

GET /v1/workspaces/w1/logs?version=2020-04-01&filter=customer_id%3A%3Aabc
status 200
json-has logs.# 1
json-has logs.0.workspace_id "w1"
json-lacks logs.0.customer_id
json-has pagination {}
GET /v1/logs?version=2020-04-01&filter=language%3A%3Aen%2Cworkspace_id%3A%3Aw1%2Ccustomer_id%3A%3Aabc
status 200
json-has logs.# 1
GET /v1/logs?version=2020-04-01&filter=language%3A%3Aen%2Crequest.context.system.assistant_id%3A%3Aa1
status 200
json-has logs.# 2
GET /v1/logs?version=2020-04-01&filter=language%3A%3Aen
status 400
see The filter must contain language:: and one of
GET /v1/logs?version=2020-04-01
status 400

# What is no filter, order or page is said to be none; a key that only reads can only read.
GET /v2/assistants/a1/logs?version=2020-04-01&filter=customer_id%3A%3A%5Eabc%2C%2C
status 400
see Analytics Service Error: Invalid query request
GET /v2/assistants/a1/logs?version=2020-04-01&filter=shoe_size%3A%3A44
status 400
GET /v2/assistants/a1/logs?version=2020-04-01&sort=shoe_size
status 400
GET /v2/assistants/a1/logs?version=2020-04-01&page_limit=0
status 400
GET /v2/assistants/a1/logs?version=2020-04-01&page_limit=-1
status 400
POST /v2/assistants/a1/message?version=2020-04-01
json {"input":{"text":"not mine to send"}}
status 403
json-has code 403
not audit records.ingested
DELETE /v2/user_data?customer_id=abc&version=2020-04-01
status 403
not audit erasure.accepted

# Another instance's logs are nowhere, with or without a key for them.
api other-bot support-bot
GET /v2/assistants/a1/logs?version=2020-04-01
status 404
json-has error "Resource not found"
api other-bot
GET /v2/assistants/a1/logs?version=2020-04-01
status 200
json-has logs []
