# A search skill carries customer IDs to Discovery. A deletion at the Assistant's door does not reach it, and the pages say so.
service bot
service letters discovery
skill bot letters projects/p1
api bot
POST /v2/assistants/a1/message?version=2024-08-25
header X-Watson-Metadata: customer_id=abc
json {"input":{"text":"hello"}}
status 200
DELETE /v2/user_data?customer_id=abc&version=2024-08-25
status 202
as officer
GET /services/{bot.number}
see Passes searches and their customer IDs on to letters
see A deletion by API does not reach there
GET /erasures/1
see Not reached
see needs a deletion of its own
