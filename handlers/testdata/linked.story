# An Assistant that passes its messages on to a real one: a deletion reaches both, and each word on the way means what it says.
gateway front-bot

api front-bot
DELETE /v2/user_data?customer_id=cust_8842&version=2020-04-01
status 202
audit erasure.accepted erasure/1 by key front-bot
run batch now
audit batch.done batch/1

# What lies here is gone; the real instance has not even been called.
as officer
GET /erasures/1
status 200
see Verifying
see What lies here is erased and confirmed. 1 linked service has not confirmed yet.
see front-bot (upstream)
see It has not been called yet.
see not counted
see cust_8842
not html /erasures/1/parts/{front-bot.upstream}/retry

heard 1 {front-bot.upstream} sent
heard 1 {front-bot.upstream} failed unknown
GET /erasures/1
see It may have been carried out; it is repeated.
see next at 09:05
html /erasures/1/parts/{front-bot.upstream}/retry
GET /services/{front-bot.upstream}
see Called again 1 part, after 1 call at most
see Next call 2
POST /erasures/1/parts/{front-bot.upstream}/retry
status 303
location /erasures/1
audit part.retried erasure/1 by officer

heard 1 {front-bot.upstream} sent
audit part.repeated erasure/1
heard 1 {front-bot.upstream} by-hand credential
GET /services/{front-bot.upstream}
see Waiting for a person 1 part
GET /erasures/1
see Partly done
see A person has to see to what is open elsewhere.
see The service does not accept our credential.
see 2 calls, 1 of them repeated after an unknown outcome: that moved its cut-off

as support
POST /erasures/1/parts/{front-bot.upstream}/retry
status 303
heard 1 {front-bot.upstream} sent
heard 1 {front-bot.upstream} accepted
GET /erasures/1
see The service has taken the deletion; it has not been confirmed.
see cust_8842
POST /erasures/1/parts/{front-bot.upstream}/retry
status 409
heard 1 {front-bot.upstream} confirmed
audit erasure.done erasure/1
GET /erasures/1
see Erased and confirmed on
not see cust_8842
GET /erasures/1/receipt
status 200
see front-bot (upstream)
see under each name (assistant, environment, workspace) that messages went to from here
see nothing is left from before our last accepted call
see repeated once because

# From the console a linked service is called by default, and leaving it out needs a reason.
api front-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_9000
json {"input":{"text":"hello"}}
status 502
see cannot be reached
as support
POST /search
form q=nobody_knows
follow
see No records here for nobody_knows
see Asked 1 service at
see Not asked yet: front-bot (upstream).
not see No records for
POST /search
form q=cust_9000
follow
see Not asked yet: front-bot (upstream).
keep subject=/subjects/([\w-]+)
GET /subjects/{subject}
see Not asked yet: front-bot (upstream).
GET /erasures/new?subject={subject}
status 200
see Linked, not counted here.
see Linked services are called: each erases what it received before our call.
POST /erasures
form subject={subject} reason=17-1-b service={front-bot.number}
status 422
see Say why this service is left out.
POST /erasures
form subject={subject} reason=17-1-b service={front-bot.number} service={front-bot.upstream}
status 303
location /erasures/2

# What a linked service does with messages and deletions is set where it lies: the policies are those of the hosted one.
as admin
GET /services/{front-bot.number}
see Messages without a customer ID
GET /services/{front-bot.upstream}
status 200
not see Deletions by API
POST /services/{front-bot.upstream}/policies
form unlabelled=refused deletion=approval
status 409
not audit service.changed
# Its page claims no labels, no keys and no address of ours, and none can be made for it.
as admin
GET /services/{front-bot.upstream}
status 200
see Its data lies elsewhere.
see Receives from
not see Endpoints
not see labelled
POST /services/{front-bot.upstream}/keys
form name=x scope=logs
status 409
GET /services
see Linked
GET /
not see front-bot (upstream)

# What the real instance accepted and cannot be asked about is called confirmed nowhere.
api front-bot
DELETE /v2/user_data?customer_id=cust_8842&version=2020-04-01
status 202
run batch now
heard 3 {front-bot.upstream} sent
heard 3 {front-bot.upstream} accepted
heard 3 {front-bot.upstream} unobservable
as officer
GET /erasures/3
see Done
see What lies here: erased and confirmed on
see What 1 linked service did stands below; nobody has confirmed it.
