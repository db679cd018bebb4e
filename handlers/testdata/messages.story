# What applications send: both generations of addresses, with a session and without, v1, one ID, two, none, and opted out.
service support-bot
api support-bot
POST /v2/assistants/a1/environments/e1/sessions?version=2024-08-25
json {}
status 201
keep session="session_id":"([0-9a-f-]{36})"
POST /v2/assistants/a1/environments/e1/sessions/{session}/message?version=2024-08-25
header x-watson-metadata: customer_id=abc
json {"input":{"text":"new address, stateful","options":{"return_context":true}}}
status 200
json-has context.global.session_id "{session}"
json-has context.global.system.turn_count 1
POST /v2/assistants/a1/environments/e1/message?version=2024-08-25
json {"input":{"text":"new address, stateless"},"context":{"global":{"session_id":"mine","system":{"turn_count":4}}}}
status 200
json-has context.global.session_id "mine"
json-has context.global.system.turn_count 5
POST /v2/assistants/a1/sessions?version=2020-04-01
status 201
keep old="session_id":"([0-9a-f-]{36})"
POST /v2/assistants/a1/sessions/{old}/message?version=2020-04-01
header X-Watson-Metadata: customer_id=abc; customer_id=xyz
json {"input":{"text":"old address, stateful"}}
status 200
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=abc
header X-Watson-Learning-Opt-Out: true
json {"input":{"text":"old address, stateless"}}
status 200
POST /v1/workspaces/w1/message?version=2020-04-01&nodes_visited_details=true
header X-Watson-Metadata: customer_id=abc
json {"input":{"text":"v1"},"context":{"conversation_id":"c1"}}
status 200
json-has output.log_messages []
json-has output.nodes_visited_details []
json-has user_id "c1"

# A conversation is ended once, and belongs to its assistant.
DELETE /v2/assistants/a2/sessions/{old}?version=2020-04-01
status 404
DELETE /v2/assistants/a1/sessions/{old}?version=2020-04-01
status 200
json-is {}
DELETE /v2/assistants/a1/sessions/{old}?version=2020-04-01
status 404
json-has error "Invalid Session"
DELETE /v2/assistants/a1/environments/e1/sessions/{session}?version=2024-08-25
status 200
POST /v2/assistants/a1/environments/e1/sessions/{session}/message?version=2024-08-25
json {"input":{"text":"too late"}}
status 404
not audit records.ingested

# The console counts what bears no label, and who opted out.
as officer
GET /services/{support-bot.number}
status 200
see 80 % of 5 records are labelled
see Opted out of learning 1 record
POST /search
form q=abc
follow
see 4 records for
