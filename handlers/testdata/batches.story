# What a batch may not do alone: the breaker pauses one that is too large before it erases anything, and a person who approved none of it lets it
# go on. An officer pauses and stops one that runs.
service support-bot
limit breaker-floor 3
person second@q.example officer
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"Hello"}}
times 4
status 200
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_9000
json {"input":{"text":"Hello"}}
times 2
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
GET /erasures/{number}
keep hash=name="hash" value="([0-9a-f]{64})"
POST /erasures/{number}/approve
form hash={hash} confirm="erase 4 records"
status 303
run batch now
audit batch.opened batch/1
audit batch.paused batch/1 by system
not audit batch.chunk
not audit erasure.verified

# The officer who approved it sees why it rests and what that costs, and cannot let it go on.
GET /
see Paused
see A batch is paused, and 1 erasure waits for somebody to let it go on or stop it
not see Let batch 1 go on or stop it
GET /batches/1
status 200
see Paused by the breaker. It would erase 4 records, 67 % of all 6; the limit is 3. Nothing was erased.
see You approved an erasure of this batch, so an officer who approved none of them has to let it go on.
see Requests that are not finished 1
see 2 Mar 2026, 21:00in 12 h none
see in 24 h
html /batches/1/stop
not html /batches/1/resume
not html /batches/1/pause
POST /batches/1/resume
status 403
see A second person must do this
not audit batch.resumed
GET /erasures/{number}
see Its batch is paused. Nothing more of it is erased until somebody lets the batch go on or stops it.
as support
GET /batches/1
see Paused by the breaker.
not html /batches/1/stop
GET /erasures/{number}
not html /withdraw

# Nothing overtakes it.
api support-bot
DELETE /v2/user_data?version=2020-04-01&customer_id=cust_9000
status 202
run batch now
not audit batch.opened
GET /v2/assistants/a1/logs?version=2020-04-01&filter=customer_id::cust_8842

# A second officer types how much goes, with a sign-in of the last five minutes.
as second@q.example
GET /
see Let batch 1 go on or stop it Paused by the breaker, since
GET /batches/1
see Let it go on
html /batches/1/resume
see Requests that wait behind it 1
POST /batches/1/resume
form confirm="erase it"
status 422
see Type the words exactly as they stand: erase 4 records
html erase it
not audit batch.resumed
pass 6m
POST /batches/1/resume
form confirm="erase 4 records"
status 401
see To let batch 1 go on, sign in again.
POST /batches/1/resume
form confirm="erase 4 records" step-up="{password}"
status 303
location /batches/1
audit batch.resumed batch/1 by second@q.example
follow
see Running
html /batches/1/pause
run batch now
audit batch.done batch/1
audit batch.done batch/2
GET /batches/1
see Done
see 4 of 4 records erased
not html /batches/1/stop
GET /batches/1/live
see event: end

# Two requests for one ID run once, and each has its own receipt. An officer stops their batch: what is gone is gone, the rest can be withdrawn.
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_1
json {"input":{"text":"Hello"}}
times 2
DELETE /v2/user_data?version=2020-04-01&customer_id=cust_1
times 2
status 202
run batch now until paused
audit batch.paused batch/3 by officer
as officer again
GET /batches/3
see Paused by Officer Person
see 2 of 2 records erased
see Nothing is erased while it is paused.
see Let it go on
html /batches/3/resume
GET /erasures/4
see In the same run, for the same ID Erasure 3
GET /batches/3/live
frames 1
see Paused
not see event: end
GET /
see Paused
not see Erasing
POST /batches/3/stop
status 303
audit batch.stopped batch/3 by officer
follow
see Stopped after 2 records were erased; they cannot come back.
not html /batches/3/resume
GET /batches/3/live
see event: end
GET /batches
see Stopped
GET /erasures/3
see Its batch was stopped after 2 records of it were erased. The next batch takes up the others, after
see 2 records of it were erased before its batch was stopped, and nobody can bring them back; the others stay.
POST /erasures/3/withdraw
status 303
follow
see Withdrawn after its batch was stopped. 2 records of it were erased before, and cannot come back; the others stay.
run batch
not audit batch.opened
pass 1h
run batch
audit batch.done batch/4
as officer again
GET /erasures/4
see Done

# Pausing by the form; nothing is there to pause afterwards.
POST /batches/4/pause
status 409
POST /batches/4/resume
status 409
POST /batches/x/pause
status 404
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_2
json {"input":{"text":"Hello"}}
times 4
DELETE /v2/user_data?version=2020-04-01&customer_id=cust_2
run batch now
audit batch.paused batch/5 by system
as officer
POST /batches/5/resume
form confirm="erase 4 records"
status 303
POST /batches/5/pause
status 303
audit batch.paused batch/5 by officer
follow
see Paused. Nothing is erased until it goes on or is stopped.
see Paused by Officer Person
POST /batches/5/resume
status 303
audit batch.resumed batch/5 by officer
