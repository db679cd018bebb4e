# Who refuses an erasure owes the person the reasons, the authority to complain to, and the two ways on (Art. 12(4)).
service support-bot
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"one"}}
status 200
as support
POST /search
form q=cust_8842
follow
keep subject=/subjects/([\w-]+)
POST /erasures
form subject={subject} reason=17-1-b service={support-bot.number}
keep number=/erasures/(\d+)

as officer
POST /erasures/{number}/refuse
status 422
see Choose the ground of the refusal.
see Give the reasons in a few plain sentences (Art. 12(4)).
see Name the supervisory authority that the person can complain to.
see The person must be told of both (Art. 12(4)).
not audit erasure.refused

POST /erasures/{number}/refuse
form reason=whim explanation="We must keep it" authority="BlnBDI, Berlin" told=complaint told=remedy
status 422
see Choose the ground of the refusal.
not see Give the reasons
html We must keep it
POST /erasures/{number}/refuse
form reason=17-3-b authority="BlnBDI, Berlin" told=complaint told=remedy
status 422
see Give the reasons in a few plain sentences (Art. 12(4)).
POST /erasures/{number}/refuse
form reason=17-3-b explanation="We must keep it" told=complaint told=remedy
status 422
see Name the supervisory authority
POST /erasures/{number}/refuse
form reason=17-3-b explanation="We must keep it" authority="BlnBDI, Berlin" told=complaint
status 422
see The person must be told of both
POST /erasures/{number}/refuse
form reason=17-3-b explanation="We must keep it" authority="BlnBDI, Berlin" told=remedy
status 422
see The person must be told of both
not audit erasure.refused

POST /erasures/{number}/refuse
form reason=17-3-b explanation="We must keep it" authority="BlnBDI, Berlin" told=complaint told=remedy
status 303
audit erasure.refused erasure/{number} by officer
follow
status 200
see Refused. Tell the person within one month of their request (Art. 12(4)).
see We must keep it
see BlnBDI, Berlin
not see cust_8842
GET /erasures?state=refused
status 200
see Refused

# It has ended: nothing more can be done with it, and it has no receipt.
POST /erasures/{number}/refuse
form reason=17-3-b explanation="We must keep it" authority="BlnBDI, Berlin" told=complaint told=remedy
status 409
POST /erasures/{number}/withdraw
status 409
GET /erasures/{number}/receipt
status 404
run batch
not audit batch.opened
as support
POST /search
form q=cust_8842
follow
see 1 record for
