# A receipt names nobody. What it holds is a commitment to the customer ID; the salt that opens it is given to the requester, and is gone here
# thirty days after the end.
person colleague@q.example officer
service support-bot
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"one"}}
status 200
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"two"}}
status 200
as officer
POST /holds
form kind=hold records=1 reason=17-3-e custodian="C. Cole"
status 303
api support-bot
DELETE /v2/user_data?version=2020-04-01&customer_id=cust_8842
status 202
run batch now

# The first receipt waits for the hold, and has its commitment already. Who may see the person may have the salt; an auditor may not.
as auditor
GET /erasures/1/receipt
status 200
see Whose erasure it was
see until 30 days after the erasure has ended
see 1 record kept by Hold 1
see No backup taken before this erasure's end can be opened
not see Show the salt
POST /erasures/1/receipt/salt
status 403
as support
GET /erasures/1/receipt
see Show the salt for the requester
keep subject=customer ID</span> <span class="mono wrapany">([0-9a-f]{64})<
GET /erasures/1/receipt/salt
status 404
POST /erasures/1/receipt/salt
status 200
audit salt.shown erasure/1 by support
keep salt=id="salt">([0-9a-f]{64})<
see {subject}
not see cust_8842
GET /erasures/1/receipt
not see {salt}

# The amendment has the same commitment and the same salt; the first receipt stays as it was signed.
as officer
POST /holds/1/ask
status 303
as colleague@q.example
POST /holds/1/lift
status 303
run batch now
as support
GET /erasures/1/receipt
see Amendment 1
see {subject}
see None. No record up to the cut-off can be found any more.
see by the receipt
GET /erasures/1/receipt?amendment=0
status 200
see This receipt was amended.
see 1 record kept by Hold 1
see {subject}
html /erasures/1/receipt.json?amendment=0
GET /erasures/1/receipt?amendment=2
status 404
GET /erasures/1/receipt.json
status 200
json-has body.subject "{subject}"
json-has body.backups {}
json-has body.cutoff 2
json-has body.ground "api"
json-has body.parts.0.before 2
json-has body.parts.0.after 0
json-has body.parts.0.state "confirmed"
json-has proof.0
json-has key
GET /erasures/1/receipt.json?amendment=0
json-has body.subject "{subject}"
json-has body.held.0.ground "17-3-e"
POST /erasures/1/receipt/salt
status 200
see {salt}

pass 719h
run salts
not audit salt.destroyed
as support again
POST /erasures/1/receipt/salt
status 200
pass 2h
run salts
audit salt.destroyed by system
as support again
GET /erasures/1/receipt
status 200
see {subject}
see is destroyed here
not see Show the salt
POST /erasures/1/receipt/salt
status 404
not audit salt.shown
