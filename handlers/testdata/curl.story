# The curl commands of IBM's documents ("Information security", "Authenticating"), as they are printed there; only the address and the key
# are ours. The console shows on each service's page what an application did with it.
service support-bot
api support-bot
curl -X POST -u "apikey:{apikey}" "{url}/v2/assistants/a1/sessions?version=2020-04-01"
status 201
answer Content-Type: application/json
answer X-Global-Transaction-Id: *
keep session="session_id":"([0-9a-f-]{36})"
curl -X POST -u "apikey:{apikey}" --header "Content-Type:application/json" --header "X-Watson-Metadata: customer_id=abc" --data "{\"input\":{\"text\":\"hello\"}}" "{url}/v2/assistants/a1/sessions/{session}/message?version=2020-04-01"
status 200
json-has output.generic.0.response_type "text"
json-lacks context
audit records.ingested service/{support-bot.number}
# two IDs label one message
curl -X POST -u "apikey:{apikey}" --header "Content-Type:application/json" --header "X-Watson-Metadata: customer_id=abc;customer_id=xyz" --data "{\"input\":{\"text\":\"Hello\"}}" "{url}/v2/assistants/a1/sessions/{session}/message?version=2020-04-01"
status 200
curl -X GET -u "apikey:{apikey}" "{url}/v2/assistants/a1/logs?version=2020-04-01&filter=customer_id::abc"
status 200
json-has logs.# 2
json-has logs.0.customer_id "abc"
json-has logs.0.request.input.text "hello"
json-has pagination {}
curl -X GET -u "apikey:{apikey}" "{url}/v2/assistants/a1/logs?version=2020-04-01&filter=customer_id::xyz"
status 200
json-has logs.# 1
json-has logs.0.request.input.text "Hello"
curl -X DELETE -u "apikey:{apikey}" "{url}/v2/user_data?customer_id=abc&version=2020-04-01"
status 202
json-is {}
audit erasure.accepted erasure/1 by key support-bot

# A token instead of the key, as IBM's clients get it.
curl -X POST --header "Content-Type: application/x-www-form-urlencoded" --data-urlencode "grant_type=urn:ibm:params:oauth:grant-type:apikey" --data-urlencode "apikey={apikey}" "{host}/identity/token"
status 200
json-has token_type "Bearer"
json-has expires_in
keep token="access_token":\s*"([^"]+)"
curl -X GET --header "Authorization: Bearer {token}" "{url}/v2/assistants/a1/logs?version=2020-04-01"
status 200
json-has logs.# 2

# The console shows all of it.
as support
GET /services/{support-bot.number}
status 200
see 100 % of 2 records are labelled
POST /search
form q=xyz
follow
see 1 record for
as officer
GET /erasures/1
status 200
see Filed through the API
see Scheduled

# It runs by itself after the cancel window: the one that both share goes too.
pass 16m
run batch
audit erasure.done erasure/1 by system
api support-bot
curl -X GET -u "apikey:{apikey}" "{url}/v2/assistants/a1/logs?version=2020-04-01"
status 200
json-is {"logs":[],"pagination":{}}
