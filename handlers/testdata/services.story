# An administrator adds a service, makes a key for it, which is shown once, and revokes it.
as admin
GET /services
status 200
see No service yet
GET /services/new
status 200
POST /services
form kind=toaster name=
status 422
see Choose what kind of service it is.
see Give it a name.
not audit service.added
POST /services
form kind=assistant name=support-bot
status 303
location /services/1
audit service.added service/1 by admin
follow
status 200
see The service is added.
see No keys yet
keep url=(http://[^"< ]*/instances/[0-9a-f-]{36})
POST /services
form kind=discovery name=support-bot
status 422
see This name is already in use.
not audit service.added

POST /services/1/keys
status 422
see Give it a name.
POST /services/1/keys
form name=chat
status 422
see Give at least one of the scopes
POST /services/1/keys
form name=chat scope=ingest expires=2026-03-01
status 422
see This day has passed.
not audit key.added
POST /services/1/keys
form name=chat scope=ingest scope=logs
status 200
see It is shown this once.
audit key.added key/1 by admin
keep apikey=(qk_[a-z2-7]{8}_[A-Za-z0-9_-]{43})
GET /services/1
status 200
see chat
not html {apikey}

# The key opens its service, for what it was made for and nothing else.
curl -X POST -u "apikey:{apikey}" --header "Content-Type:application/json" --header "X-Watson-Metadata: customer_id=abc" --data "{\"input\":{\"text\":\"hello\"}}" "{url}/v2/assistants/a1/message?version=2020-04-01"
status 200
curl -X DELETE -u "apikey:{apikey}" "{url}/v2/user_data?customer_id=abc&version=2020-04-01"
status 403
json-has code 403
not audit erasure.accepted

as admin
GET /services/1
see 100 % of 1 record is labelled
POST /services/1/keys/99/revoke
status 404
POST /services/2/keys/1/revoke
status 404
POST /services/1/keys/1/revoke
status 303
location /services/1
audit key.revoked key/1 by admin
follow
see The key is revoked.
see Revoked
POST /services/1/keys/1/revoke
status 409
curl -X GET -u "apikey:{apikey}" "{url}/v2/assistants/a1/logs?version=2020-04-01"
status 401
json-has code 401
json-has error "Unauthorized"

# All others look, and change nothing.
as support
GET /services
status 200
see support-bot
GET /services/1
status 200
not html /services/1/keys
GET /services/new
status 403
POST /services
form kind=assistant name=mine
status 403
not audit service.added
as officer
POST /services/1/keys
form name=mine scope=logs
status 403
not audit key.added
as admin
GET /services/99
status 404
pass 6m
POST /services
form kind=assistant name=later
status 401
see To add a service, sign in again.
not audit service.added
