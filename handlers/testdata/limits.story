# The policies of the house: an officer changes them; tighter at once, looser after a day. Everybody may read them.
as support
GET /policies
status 200
see Cancel window 15 min
see Largest batch, by share 5 % of all records
see Largest batch, by what is usual 10 times the median of the last 30 batches
see Always allowed 1,000 records
not html action="/policies"
see Case files whose time is over
as admin
GET /policies
not see Case files whose time is over
as support
POST /policies
form breaker-share=4
status 403
as officer
GET /policies
html action="/policies"
POST /policies
form cancel-window=15 breaker-share=101 breaker-factor=ten breaker-floor=1000 case-months=24
status 422
see Give a number from 1 to 100.
see Give a number from 1 to 1000.
html value="ten"
not audit policy.changed
POST /policies
form cancel-window=0.5 breaker-share=4 breaker-factor=10 breaker-floor=5000 case-months=24
status 303
location /policies
audit policy.changed policy/52 by officer
audit policy.scheduled policy/54 by officer
follow
see What is looser takes effect after 24 hours.
see Cancel window 15 min Waiting: 30 s from 3 Mar 2026, 09:00; until then: 15 min
see Largest batch, by share 4 % of all records
see Waiting: 5,000 records from 3 Mar 2026, 09:00; until then: 1,000 records
as auditor
GET /audit?object=policy%2F52
keep entry=href="(/audit/\d+)"
GET {entry}
see Policy Largest batch, by share
see Before 5 % of all records
see After 4 % of all records

# A form that changes nothing writes nothing, and what waits is taken back by choosing what holds.
as officer
POST /policies
form cancel-window=0.5 breaker-share=4 breaker-factor=10 breaker-floor=5000 case-months=24
status 303
not audit policy.changed
not audit policy.scheduled
POST /policies
form cancel-window=15 breaker-share=4 breaker-factor=10 breaker-floor=1000 case-months=24
status 303
audit policy.changed policy/51 by officer
follow
not see Waiting:
pass 6m
POST /policies
form cancel-window=15 breaker-share=3 breaker-factor=10 breaker-floor=1000 case-months=24
status 401
see To change the policies of the house, sign in again.
POST /policies
form cancel-window=15 breaker-share=3 breaker-factor=10 breaker-floor=1000 case-months=24 step-up="{password}"
status 303
