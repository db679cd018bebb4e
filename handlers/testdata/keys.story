# An administrator makes a key of the desk, which is shown once, and revokes it. It files requests and opens no service.
service bot
as support
GET /services
html href="/keys"
GET /keys
status 200
see No keys yet
see A controller sends its requests here
not html action="/keys"
POST /keys
form name=form
status 403
as admin
POST /keys
form name=
status 422
see Give it a name.
POST /keys
form name=form expires=2026-03-01
status 422
see This day has passed.
not audit key.added
POST /keys
form name="web form" expires=2026-12-31
status 200
see Key “web form” is made
see It is shown this once.
audit key.added key/2 by admin
keep apikey=(qk_[a-z2-7]{8}_[A-Za-z0-9_-]{43})
GET /keys
see web form
see tickets
see Admin Person
not html {apikey}
keep host=(http://[0-9.:]+)/api/tickets

curl -X POST -u "apikey:{apikey}" --header "Content-Type: application/json" --data "{\"right\":\"access\",\"regime\":\"eu-gdpr\",\"region\":\"eu\"}" "{host}/api/tickets"
status 201
curl -X GET -u "apikey:{apikey}" "{host}/api/tickets/1"
status 200

# It is revoked from here, and a key of a service is not.
as admin
POST /keys/1/revoke
status 404
POST /keys/99/revoke
status 404
POST /keys/2/revoke
status 303
location /keys
audit key.revoked key/2 by admin
follow
see The key is revoked.
see Revoked
POST /keys/2/revoke
status 409
POST /services/1/keys/2/revoke
status 404
curl -X GET -u "apikey:{apikey}" "{host}/api/tickets/1"
status 401
as auditor
GET /audit?object=key%2F2
html href="/keys"
