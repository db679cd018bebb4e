# A + in an address reads as a blank. A deletion is of the ID that was read, never of one that is like it; where that finds nothing and
# the ID with the + is there, the page of the request says so.
service support-bot
service photos visual-recognition
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=+491701234567
json {"input":{"text":"Call me"}}
times 2
status 200
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=rita+shop@example.org
json {"input":{"text":"Write to me"}}
times 3
status 200

# At the beginning the blank is no part of any ID: refused, with what to do.
DELETE /v2/user_data?version=2020-04-01&customer_id=+491701234567
status 400
json-has error "customer_id must not begin or end with a space; a + in an address reads as a blank, so send it as %2B"
not audit erasure.accepted
DELETE /v1/user_data?version=2020-04-01&customer_id=%20491701234567
status 400
json-has error "customer_id must not begin or end with a space"
# Visual Recognition has no + in its IDs, so there is no such advice.
api photos
DELETE /v4/user_data?version=2019-02-11&customer_id=a+b
status 400
not see %2B

# In the middle it is an ID like any other, which nothing bears.
api support-bot
DELETE /v2/user_data?version=2020-04-01&customer_id=rita+shop@example.org
status 202
audit erasure.accepted erasure/1
DELETE /v2/user_data?version=2020-04-01&customer_id=nobody+shop
status 202
DELETE /v2/user_data?version=2020-04-01&customer_id=nobody%20shop
status 202
pass 16m
run batch
as support
GET /erasures/1
status 200
see The address had a + that reads as a blank. An ID rita+shop@example.org exists with 3 records; it is not included.
keep propose=href="(/erasures/new\?subject=[\w-]+)"
GET /erasures/2
not see reads as a blank
GET /erasures/3
not see reads as a blank
GET {propose}
status 200
see Propose erasure of rita+shop@example.org
# Whoever may not search is not told the ID.
as auditor
GET /erasures/1
see An ID with the + exists with 3 records
not see rita+shop

# Sent as %2B it is what was meant, and then there is nothing to say any more.
api support-bot
DELETE /v2/user_data?version=2020-04-01&customer_id=rita%2Bshop@example.org
status 202
DELETE /v2/user_data?version=2020-04-01&customer_id=%2B491701234567
status 202
pass 16m
run batch
as support again
POST /search
form q=rita+shop@example.org
follow
see No records
GET /erasures/1
status 200
not see reads as a blank
GET /erasures/4
status 200
see Done
