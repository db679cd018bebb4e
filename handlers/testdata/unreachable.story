# The assistant preview and the automatic Facebook integration send no customer ID: what comes through them is counted apart, as out of
# reach of any request by ID, and each record says why.
service support-bot
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
json {"input":{"text":"From the preview"},"context":{"integrations":{"channel":{"name":"Web chat"},"chat":{"browser_info":{}}}}}
status 200
POST /v1/workspaces/w1/message?version=2020-04-01
json {"input":{"text":"From Messenger"},"context":{"metadata":{"deployment":"facebook"}}}
status 200
POST /v2/assistants/a1/message?version=2020-04-01
json {"input":{"text":"Only forgotten"}}
status 200
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=abc
json {"input":{"text":"From the web chat"},"context":{"integrations":{"chat":{}}}}
status 200

as support
GET /
status 200
see Labelled: 1
see Not labelled: 1
see Not erasable by ID: 2
GET /services
see Not erasable by ID: 2
GET /services/1
see 25 % of 4 records are labelled
see Not erasable by ID 2
see 2 records are not erasable by ID. They came through the assistant preview or the automatic Facebook integration
see Keep these channels away from customers
GET /records/1
see This record is not erasable by ID. It came through the assistant preview
GET /records/2
see It came through the automatic Facebook integration
GET /records/3
see This record bears no customer ID.
not see not erasable by ID
GET /records/4
not see not erasable by ID
