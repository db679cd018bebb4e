# What no application should send: a clear error in the shape of IBM's, nothing stored, and never a 500.
service support-bot
api support-bot
POST /v2/assistants/a1/message
json {"input":{"text":"no version"}}
status 400
json-has error "The parameter version is required and must be a date as in version=2020-04-01"
json-has code 400
not audit records.ingested
POST /v2/assistants/a1/message?version=today
json {"input":{"text":"x"}}
status 400
POST /v2/assistants/a1/message?version=2020-04-01
json {"input":{"text":"cut off
status 400
POST /v2/assistants/a1/message?version=2020-04-01
json ["not","an","object"]
status 400
POST /v2/assistants/a1/message?version=2020-04-01
json {"input":{"text":5}}
status 400
json-has errors.0.path "input.text"
POST /v2/assistants/a1/message?version=2020-04-01
json {"input":{"text":"a\nb"}}
status 400
json-has errors.0.path "input.text"
POST /v2/assistants/a1/message?version=2020-04-01
json {"input":{"text":"twice"},"input":{"text":"twice"}}
status 400
POST /v2/assistants/a1/message?version=2020-04-01
json [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
status 400
POST /v2/assistants/a1/message?version=2020-04-01
header Content-Type: text/xml
body <input/>
status 415
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=
json {"input":{"text":"an empty label"}}
status 400
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: abc
json {"input":{"text":"no label at all"}}
status 400
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=a=b
json {"input":{"text":"an equals sign"}}
status 400
not audit records.ingested
POST /v1/workspaces/w1/message?version=2020-04-01
json {"context":{"conversation_id":"a/b"}}
status 400
POST /v1/workspaces/w%20/message?version=2020-04-01
json {}
status 400
json-has error "URL workspaceid parameter is not a valid GUID."
POST /v2/assistants/a1/sessions/nobody/message?version=2020-04-01
json {}
status 404
json-has error "Invalid Session"
GET /v2/assistants/a1?version=2020-04-01
status 404
PUT /v2/assistants/a1/message?version=2020-04-01
status 405
answer Allow: POST
GET /v2/assistants/a1/logs?version=2020-04-01&filter=%zz
status 400

# Who is not known learns nothing, not even which instances there are.
curl -X GET -u "apikey:nonsense" "{url}/v2/assistants/a1/logs?version=2020-04-01"
status 401
curl -X GET "{url}/v2/assistants/a1/logs?version=2020-04-01"
status 401
api support-bot token nonsense
GET /v2/assistants/a1/logs?version=2020-04-01
status 401
answer WWW-Authenticate: *
json-has error "Unauthorized"
json-has trace
GET /instances/00000000-0000-4000-8000-000000000000/v2/assistants/a1/logs?version=2020-04-01
status 401
api support-bot
GET /instances/00000000-0000-4000-8000-000000000000/v2/assistants/a1/logs?version=2020-04-01
status 404
POST /identity/token
form grant_type=urn:ibm:params:oauth:grant-type:apikey apikey=qk_wrong
status 400
POST /identity/token
form grant_type=password apikey={support-bot.key}
status 400

# Nothing of all this was kept.
as admin
GET /services/{support-bot.number}
status 200
see No records yet

# The house itself is well, and its API is described.
api support-bot
GET /healthz
status 200
GET /readyz
status 200
see ready
GET /api/openapi.json
status 200
json-has info.title
