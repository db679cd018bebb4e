# What an erasure takes, what stays and why, and which IDs are like the one that it names: all before anybody approves.
service support-bot
service shop-bot
service letters discovery
api support-bot
POST /v1/workspaces/w1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_0042
json {"input":{"text":"One"},"context":{"conversation_id":"talk"}}
status 200
POST /v1/workspaces/w1/message?version=2020-04-01
json {"input":{"text":"No label in the same conversation"},"context":{"conversation_id":"talk"}}
times 2
status 200
POST /v1/workspaces/w1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=Cust-42
json {"input":{"text":"Somebody like them"},"context":{"conversation_id":"other"}}
times 3
status 200
POST /v1/workspaces/w1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_0042;customer_id=friend
json {"input":{"text":"Both"},"context":{"conversation_id":"both"}}
status 200
api shop-bot
POST /v1/workspaces/w1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_0042
json {"input":{"text":"Elsewhere"},"context":{"conversation_id":"talk"}}
status 200

# Similar IDs stand beside what was found, and beside an ID of which there is nothing.
as support
POST /search
form q=CUST_0042
follow
see No records for CUST_0042
see 2 similar IDs exist, not included
see cust_0042
see differs in letter case, 3 records
see Cust-42
POST /search
form q=cust_0042
follow
see 3 records for
see 1 similar ID exists, not included
see differs in letter case, dashes and leading zeros, 3 records
keep subject=/subjects/([\w-]+)
GET /subjects/{subject}
see 1 similar ID exists, not included
html href="/subjects/

GET /erasures/new?subject={subject}
status 200
see 3 records will be erased
see 1 similar ID exists, not included. Check that they belong to somebody else.
see Cust-42
see What stays, and why
see support-bot: 2 records
see Messages without a customer ID, in conversations that this person had part in.
see What was written into intents, entities and their examples bears no ID and stays.
see Assistant, Information security: intents and entities
see Not labelled, in the same conversations.
see 1 record bears other customer IDs too
not see letters
POST /erasures
form subject={subject} reason=17-1-b service={support-bot.number} service={shop-bot.number}
status 303
location /erasures/1
follow
see 1 similar ID exists, not included
see Cust-42

# A record says what its lists say.
GET /records/1
see Erasure pending
GET /records/4
see Labelled
GET /subjects/{subject}/records
see Erasure pending
POST /search
form filter=request.input.text:One
follow
see Erasure pending

# What comes after the cut-off is kept, and its age says since when.
pass 3h
api support-bot
POST /v1/workspaces/w1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_0042
json {"input":{"text":"Later"},"context":{"conversation_id":"talk"}}
times 2
status 200
as officer
GET /erasures/1
see The cut-off was taken 3 h 0 min ago; 2 records that came in since stay.
see support-bot: 2 records
see Came in under this ID after the cut-off.
keep hash=name="hash" value="([0-9a-f]{64})"

# A service that is linked meanwhile lapses the approval: nothing is scheduled, and the page says what has changed.
gateway front-bot
as officer
POST /erasures/1/approve
form hash={hash} confirm="erase 3 records"
status 422
see Nothing was approved. A service was linked meanwhile, and this erasure would not call it.
see Linked meanwhile
see not called
html action="/erasures/1/refresh"
not html action="/erasures/1/approve"
not audit erasure.approved
as support again
POST /erasures/1/refresh
status 303
follow
see Changed since the manifest before
see That one was taken 3 h 0 min ago.
see 2 more records
see Linked meanwhile
as officer
GET /erasures/1
see The cut-off was taken
see and nothing has come in under the ID since
keep hash=name="hash" value="([0-9a-f]{64})"
POST /erasures/1/approve
form hash={hash} confirm="erase 5 records"
status 303

# While it runs and afterwards the manifest is told in the right tense; what is elsewhere keeps it from its end.
run batch now
GET /erasures/1
see Verifying
see 5 records removed, being checked
not see will be erased
heard 1 {front-bot.upstream} sent
heard 1 {front-bot.upstream} failed unavailable
heard 1 {front-bot.upstream} sent
heard 1 {front-bot.upstream} failed unavailable
heard 1 {front-bot.upstream} sent
heard 1 {front-bot.upstream} failed unavailable
GET /erasures/1
see 3 earlier entries about linked services
heard 1 {front-bot.upstream} sent
heard 1 {front-bot.upstream} accepted
heard 1 {front-bot.upstream} confirmed
GET /erasures/1
see 5 records to be erased
see What stayed, and why
as support
POST /search
form q=Cust-42
follow
see 3 records for
POST /search
form q=cust_0042
follow
see 1 similar ID exists, not included

# What an application files is for its one instance: what lies elsewhere needs a call of its own.
api shop-bot
POST /v1/workspaces/w1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=Cust-42
json {"input":{"text":"Here too"},"context":{"conversation_id":"x"}}
status 200
DELETE /v1/user_data?version=2020-04-01&customer_id=Cust-42
status 202
as officer
GET /erasures/2
see 1 record will be erased
see support-bot: 3 records
see front-bot (upstream)
see It needs a call of its own, or an erasure from the console.
POST /erasures/3/withdraw
status 404
POST /erasures/2/withdraw
status 303
GET /erasures/2
see 1 record would have been erased
see What would have stayed, and why
