# Deleting by customer ID: each kind of service has its own addresses, statuses and rules for IDs; all of it lands with the erasures.
service support-bot
service images visual-recognition
service library discovery
service ears speech-to-text
service mouth text-to-speech

api support-bot
DELETE /v2/user_data?version=2020-04-01&customer_id=abc
status 202
json-is {}
audit erasure.accepted erasure/1 by key support-bot
audit erasure.scheduled erasure/1
# again: clients repeat what they heard no answer to, and each has its own cut-off
DELETE /v1/user_data?version=2020-04-01&customer_id=abc
status 202
audit erasure.accepted erasure/2
api library
DELETE /v1/user_data?version=2019-04-30&customer_id=abc
status 200
json-is {}
DELETE /v2/user_data?version=2020-08-30&customer_id=abc
status 200
api images
DELETE /v3/user_data?version=2018-03-19&customer_id=%E5%AE%A2_x
status 202
DELETE /v4/user_data?version=2019-02-11&customer_id=abc
status 202
DELETE /v4/user_data?version=2019-02-11&customer_id=rita-levi
status 400
json-has errors.0.code "invalid_field"
not audit erasure.accepted
DELETE /v3/user_data?version=2018-03-19&customer_id=rita.levi
status 400
json-has error.code 400
api ears
DELETE /v1/user_data?customer_id=abc
status 200
api mouth
DELETE /v1/user_data?customer_id=abc
status 200
audit erasure.accepted erasure/8 by key mouth

# What cannot be an ID deletes nothing.
api support-bot
DELETE /v2/user_data?version=2020-04-01
status 400
json-has code 400
DELETE /v2/user_data?version=2020-04-01&customer_id=
status 400
DELETE /v2/user_data?version=2020-04-01&customer_id=a%3Bb
status 400
DELETE /v2/user_data?version=2020-04-01&customer_id=a&customer_id=b
status 400
DELETE /v2/user_data?customer_id=abc
status 400
see version
not audit erasure.accepted
# and reading is no deleting
GET /v2/user_data?version=2020-04-01&customer_id=abc
status 405
answer Allow: DELETE

as officer
GET /erasures?state=scheduled
status 200
see Filed through the API
GET /batches
status 200
see 8 erasures are scheduled.
pass 16m
run batch
audit batch.done batch/1
as officer again
GET /batches/1
status 200
see Done
GET /erasures/1/receipt
status 200
