# Art. 18: while somebody is restricted, their records are stored and nothing else. It ends with notice to the person.
service support-bot
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"where is my green parcel"}}
status 200
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_9000
json {"input":{"text":"hello"}}
status 200
as officer
POST /search
form q=cust_8842
keep search=(/searches/[\w-]+)
follow
keep subject=/subjects/([\w-]+)
GET /holds/new?kind=restriction
status 404

# Whom nothing is stored of is restricted on the page of a ticket, and the way there is shown.
GET /holds/new?kind=restriction&subject=s_nobody
status 404
see Nothing is stored under this customer ID
see on the page of a ticket under Art. 18
keep way=href="(/tickets/new\?right=restriction)"
GET /holds/new?kind=restriction&subject=s_nobody&ticket=7
status 404
see To ticket 7
keep ticketway=href="(/tickets/7)"
GET /holds/new?subject=s_nobody
status 404
see A hold keeps what is there
see Find a customer ID
GET {way}
status 200
see Take in a request
GET /holds/new?kind=restriction&subject={subject}
status 200
see Restrict 1 record
POST /holds
form kind=restriction subject={subject} reason=17-3-e
status 422
see Choose the ground.
POST /holds
form kind=restriction subject={subject} reason=18-1-a note="address is contested"
status 303
audit restriction.placed hold/1 by officer
follow
see Restriction 1
see address is contested

# The API does not show them, nor does the console; a file leaves them out and says how many.
api support-bot
GET /v2/assistants/a1/logs?version=2020-04-01
status 200
not see green parcel
see hello
as support
POST /search
form q=cust_8842
follow
see Restricted under Art. 18
not see green parcel
POST /search
form filter=request.input.text:parcel
follow
not see green
GET /subjects/{subject}
see Restriction 1
GET /records/1
status 200
see Restricted
see It is stored and nothing else.
not see green parcel
POST /records/1/reveal
form purpose=incident
status 403
not audit record.revealed
as officer
POST {search}/csv
status 200
see 1 record is left out: restricted under Art. 18
not see green parcel
GET /records/1
not see green parcel
POST /records/1/reveal
form purpose=incident
status 200
see green parcel
audit record.revealed by officer

# Neither is anything erased.
api support-bot
DELETE /v2/user_data?customer_id=cust_8842&version=2020-04-01
status 202
run batch now
as officer
GET /erasures/1
see Partly done
see Restriction 1

# It is lifted with notice, and what waited goes on.
POST /holds/1/ask
status 409
POST /holds/1/lift
status 409
POST /holds/1/release
status 422
see Say on which day the person was told (Art. 18(3)).
see Say how the person was told.
POST /holds/1/release
form informed=2026-03-09 channel=pigeon
status 422
see This day has not come
not audit restriction.lifted
POST /holds/1/release
form informed=2026-03-01 channel=letter
status 303
audit restriction.lifted hold/1 by officer
follow
see Lifted
see Letter
POST /holds/1/release
form informed=2026-03-01 channel=letter
status 409
run batch now
GET /erasures/1
see Done
GET /records/1
status 404
