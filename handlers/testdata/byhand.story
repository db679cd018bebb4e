# What no program can erase is a task for a person: support sees it, an officer attests it, and the receipt says whose word it is.
service support-bot
task cellar
task attic
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"hello"}}
status 200
as support
POST /search
form q=cust_8842
follow
keep subject=/subjects/([\w-]+)
POST /erasures
form subject={subject} reason=17-1-b service={support-bot.number} service={cellar.number} service={attic.number}
status 303
as officer
GET /erasures/1
keep hash=name="hash" value="([0-9a-f]{64})"
POST /erasures/1/approve
form hash={hash} confirm="erase 1 record"
status 303
run batch now
heard 1 {cellar.number} by-hand manual
audit part.task erasure/1
heard 1 {attic.number} by-hand manual

as support
GET /erasures/1
see Partly done
see Look in the cellar.
see An officer attests it when it is done.
not html /erasures/1/parts/{cellar.number}/retry
POST /erasures/1/parts/{cellar.number}/attest
form done=2026-03-02 words=x
status 403

as officer
GET /erasures/1
see Attest…
see Could not be done…
POST /erasures/1/parts/{cellar.number}/attest
form done= words=
status 422
see Say on which day it was done.
see Say it in at most 2,000 characters.
POST /erasures/1/parts/{cellar.number}/attest
form done=2026-03-09 words=x
status 422
see This day has not come yet.
POST /erasures/1/parts/{cellar.number}/attest
form done=2020-03-02 words=x
status 422
see before the erasure was asked for
POST /erasures/1/parts/{cellar.number}/attest
form done=2026-03-02 words="Binder of CUST_8842 shredded"
status 422
see leave it out
not audit part.attested
POST /erasures/1/parts/{cellar.number}/attest
part done=2026-03-02
part words=Shredded the binder
picture file proof.png
status 303
location /erasures/1
audit part.attested erasure/1 by officer
GET /erasures/1
see Officer Person
see done on 2 March 2026
see Shredded the binder
see Evidence,
GET /erasures/1/parts/{cellar.number}/evidence
status 200
answer Content-Disposition: attachment; filename=proof.png
answer Content-Type: application/octet-stream
audit evidence.shown erasure/1 by officer
POST /erasures/1/parts/{cellar.number}/attest
form done=2026-03-02 words=again
status 409

POST /erasures/1/parts/{attic.number}/abandon
form code= why=
status 422
see Choose why it cannot be done.
POST /erasures/1/parts/{attic.number}/abandon
form code=law why="Accounts, ten years"
status 303
audit part.abandoned erasure/1 by officer
audit erasure.done erasure/1
GET /erasures/1/receipt
status 200
see Officer Person attests that it was done on 2 March 2026. Nobody else has looked.
see Officer Person says that it cannot be done.
see has to keep it by law
not see Shredded the binder

# Who may not see the customer does not see what was written; the evidence can be erased before its time.
as auditor
GET /erasures/1
see done on 2 March 2026
not see Shredded the binder
GET /erasures/1/parts/{cellar.number}/evidence
status 403
as officer
POST /erasures/1/parts/{cellar.number}/evidence/erase
status 303
audit evidence.erased erasure/1 by officer
GET /erasures/1
not see Shredded the binder
see What was written is erased
GET /erasures/1/parts/{cellar.number}/evidence
status 404
