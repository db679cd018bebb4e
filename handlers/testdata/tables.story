# Every table of the console can be taken along as CSV by those who may export it: all of its pages, with its filter, and no customer ID.
service support-bot
gateway front-bot
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_6001
json {"input":{"text":"One"}}
status 200
DELETE /v2/user_data?customer_id=cust_6001&version=2020-04-01
status 202

as officer
GET /erasures
html action="/erasures/csv"
GET /erasures?state=scheduled
html action="/erasures/csv?state=scheduled"
POST /erasures/csv?state=scheduled
status 200
answer Content-Type: text/csv*
answer Content-Disposition: attachment; filename=erasures.csv
see number,reference,state
see 1,
see ,scheduled,api,
not see cust_6001
audit table.exported by officer
POST /erasures/csv?state=done
status 200
not see ,scheduled,
run batch now
POST /erasures/csv
see 1,
POST /batches/csv
status 200
see batch,state,requests,records,erased
see 1,
POST /holds/csv
status 200
see number,kind,state,ground
POST /services/csv
status 200
see service,name,kind,hosting
see support-bot,assistant,hosted
see ,linked,
POST /audit/csv
status 200
see entry,time (UTC),actor,event,object,leaf hash
see ,log.created,
not see cust_6001
POST /audit/csv?act=erasure
see ,erasure.accepted,erasure/1,
not see ,log.created,
POST /audit/csv?actor=nonsense
status 200
not see ,log.created,
POST /audit/csv?from=soon
status 200
not see ,log.created,
POST /checks/csv
see check,state,actor
POST /samples/csv
see sample,kind,size
POST /drills/csv
see drill,outcome,actor
POST /backups/csv
see backup,started (UTC)
POST /exports/csv
see export,what,format
POST /policies/csv
see policy,in force,next
see cancel-window,900,,
POST /casefiles/csv
see ticket,right,regime
POST /tickets/csv
status 200
answer Content-Disposition: attachment; filename=tickets.csv
see ticket,right,regime
audit ticket.exported by officer
POST /tickets/csv?of=nobodys
status 404
not audit ticket.exported
POST /imports/csv
status 200
answer Content-Disposition: attachment; filename=imports.csv
see import,service,state,actor,lines
audit table.exported by officer
GET /sessions
html action="/sessions/csv"
POST /sessions/csv
status 200
see session,browser,signed in (UTC)
see 2026-03-02T
# What a batch took along is a table too: the requests of it and of no other.
GET /batches/1
html action="/erasures/csv?batch=1"
POST /erasures/csv?batch=1
status 200
see 1,
POST /erasures/csv?batch=2
status 200
see number,reference,state
not see 1,
GET /audit
html action="/audit/csv"

# Six minutes later the password is asked for again.
pass 6m
POST /batches/csv
status 401
see To export the list of batches, sign in again.
POST /batches/csv
form step-up="{password}"
status 200
see batch,state,requests

# Accounts and keys are an administrator's.
POST /users/csv
status 403
as admin
GET /services
see CSV of all keys
not html action="/services/csv"
GET /keys
not see CSV of all keys
POST /keys
form name=front-desk scope=tickets
status 200
POST /services/keys/csv
status 200
see ,,front-desk,tickets,
see key,id,service,name,scopes
see support-bot
not see {support-bot.key}
POST /users/csv
status 200
see account,name,e-mail
see ,officer,
audit table.exported by admin
GET /keys
see CSV of all keys
POST /webhooks/csv
status 200
see webhook,host,told of
POST /imports/csv
status 403
POST /erasures/csv
status 403
as support
POST /sessions/csv
status 200
see session,browser
GET /imports
not html /imports/csv
GET /erasures
not html /erasures/csv
POST /erasures/csv
status 403
