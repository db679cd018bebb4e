# A legal hold: an officer places it, support and auditor see that there is one, an erasure takes the rest and waits, two officers end it.
person colleague@q.example officer
service support-bot
service library discovery
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"one"}}
status 200
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842;customer_id=cust_9000
json {"input":{"text":"two"}}
status 200
api library
POST /v1/environments/e1/collections/c1/documents/letter?version=2019-04-30
header X-Watson-Metadata: customer_id=cust_9000
part file=The invoice for the bicycle is wrong
status 202

# Support may not place one; the form says what is missing beside each field and keeps what was typed.
as support
POST /search
form q=cust_9000
follow
keep subject=/subjects/([\w-]+)
GET /subjects/{subject}
not see Place a hold
GET /holds/new?subject={subject}
status 403
POST /holds
form kind=hold subject={subject} reason=17-3-e custodian=me
status 403
as officer
GET /subjects/{subject}
see Place a hold
GET /holds/new?subject={subject}
status 200
see Hold 2 records
html cust_9000
POST /holds
form kind=hold subject={subject} reason=whim note="court file 7" review=2026-02-01 expiry=soon
status 422
see Choose the ground.
see Name the person who answers for it
see Choose a day that lies ahead.
see Write a day as year, month and day
html court file 7
not audit hold.placed
POST /holds
form kind=pause subject={subject}
status 404
POST /holds
form kind=hold subject={subject} reason=17-3-e custodian="C. Cole" note="court file 7" review=2026-03-03 expiry=2026-05-01
status 303
audit hold.placed hold/1 by officer
follow
status 200
see Hold 1 is in force from now on.
see Legal claims are made, exercised or defended (Art. 17(3)(e))
see C. Cole
see court file 7
see cust_9000
see not confirmed: it ends nothing

# Who placed it cannot confirm its last day; a second officer can.
not see Confirm its last day
POST /holds/1/confirm
status 403
see A second officer must do this
not audit hold.confirmed
as colleague@q.example
GET /
see Confirm the last day of hold 1
POST /holds/1/confirm
status 303
audit hold.confirmed hold/1
follow
see confirmed by
POST /holds/1/confirm
status 409

# Others see that something is held, and not what an officer wrote. An administrator sees nothing.
as support
GET /subjects/{subject}
see Held
see Hold 1
GET /holds/1
status 200
see cust_9000
not see C. Cole
not see court file 7
POST /holds/1/ask
status 403
as auditor
GET /holds
status 200
see Hold 1
see 1 customer ID
GET /holds/1
status 200
see ref
not see cust_9000
not see C. Cole
as admin
GET /holds
status 403
GET /holds/1
status 403

# What an application would delete or replace is kept.
api library
DELETE /v1/environments/e1/collections/c1/documents/letter?version=2019-04-30
status 409
json-has error "This data is under a legal hold or a restriction and can be neither deleted nor replaced until that ends"
POST /v1/environments/e1/collections/c1/documents/letter?version=2019-04-30
part file=Another one
status 409
GET /v1/environments/e1/collections/c1/documents/letter?version=2019-04-30
status 200

# An erasure of the other person: the record that bears both IDs waits, the rest goes.
as support
POST /search
form q=cust_8842
follow
keep other=/subjects/([\w-]+)
GET /erasures/new?subject={other}
see Hold 1: Legal claims
POST /erasures
form subject={other} reason=17-1-b service={support-bot.number}
keep number=/erasures/(\d+)
as officer
GET /erasures/{number}
status 200
keep hash=name="hash" value="([0-9a-f]{64})"
POST /erasures/{number}/approve
form hash={hash} confirm="erase 2 records"
status 303
run batch now
audit erasure.held erasure/{number}
GET /erasures/{number}
status 200
see Partly done
see 1 record that a hold or a restriction keeps
see Hold 1
not see C. Cole
GET /erasures/{number}/receipt
status 200
see A hold or a restriction keeps the rest.
see 1 record kept by Hold 1
GET /holds/1
see Erasures that wait
see Erasure {number}
as support
GET /records/2
status 200
see Held
GET /records/1
status 404

# Two officers lift it: one asks, may take it back, and another one confirms.
as officer
POST /holds/1/ask
status 303
audit hold.asked hold/1 by officer
follow
see You asked for its end, so another officer has to confirm it.
POST /holds/1/lift
status 403
see A second officer must do this
POST /holds/1/keep
status 303
audit hold.stays hold/1
POST /holds/1/lift
status 409
POST /holds/1/ask
status 303
as colleague@q.example
GET /
see Lift or keep hold 1
pass 6m
POST /holds/1/lift
not audit hold.lifted
as colleague@q.example again
POST /holds/1/lift
status 303
audit hold.lifted hold/1
follow
see Lifted
see The reason and the custodian were erased with its end.
not see court file 7
not see cust_9000
POST /holds/1/lift
status 409
run batch now
GET /erasures/{number}
see Done
GET /erasures/{number}/receipt
status 200
see How this receipt came about
see First receipt
see Amendment 1
see 1 of 2 records erased and confirmed.
see 2 of 2 records erased and confirmed.
GET /erasures/{number}/receipt.json?amendment=0
status 200
json-has body.held.0.records 1
GET /erasures/{number}/receipt.json
status 200
json-has body.amendment 1

# A hold on single records, each of which has to be there; a review that is due is said so and ends nothing.
as officer
GET /holds/new?record=3
status 200
html 3
POST /holds
form kind=hold records=" " reason=17-3-b custodian="C. Cole"
status 422
see Give the number of at least one record.
POST /holds
form kind=hold records=x reason=17-3-b custodian="C. Cole"
status 422
see Give the numbers of records
POST /holds
form kind=hold records="3, 98 99" reason=17-3-b custodian="C. Cole"
status 422
see There is no record 98 and 99.
POST /holds
form kind=hold records="3" reason=17-3-b custodian="C. Cole" review=2026-03-04
status 303
follow
see Hold 2
see Record 3
pass 72h
as officer again
GET /holds?show=due
see Hold 2
see Review due
GET /
see Review hold 2
GET /holds/2
see The day of its review has come.
POST /holds/2/review
form review=2026-03-01
status 422
see Choose a day that lies ahead.
POST /holds/2/review
form review=2026-09-01
status 303
audit hold.reviewed hold/2
GET /holds?show=due
see Nothing is held here
GET /holds?show=ended
see Hold 1
as auditor again
POST /exports
form what=holds format=csv
status 200
see number,kind,state,ground,references
see 17-3-b
not see C. Cole
not see cust_9000
audit export.made
