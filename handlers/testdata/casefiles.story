# A case file is kept for two years after its end; then it is listed, and two officers decide whether it is destroyed.
person second@q.example officer
as officer
POST /tickets
form right=access regime=eu-gdpr region=eu country=DE channel=phone received=2026-03-01 name="Anna Berg" ids=cust_8842 note="called at nine"
location /tickets/1
POST /tickets/1/answer
status 303
POST /tickets
form right=access regime=eu-gdpr region=eu country=DE channel=phone received=2026-03-01 name="Ben Cole"
location /tickets/2
GET /casefiles
see kept for 24 months after its end
see No case file’s time is over
POST /casefiles
status 422

# A right can have a time of its own. A longer one holds at once, a shorter one after a day; what has none is kept as all others are.
POST /policies
form cancel-window=15 breaker-share=5 breaker-factor=10 breaker-floor=1000 eu-pause=0 case-months=24 case-months-access=none case-months-objection=241
status 422
see Give a number from 0 to 240.
html value="none"
POST /policies
form cancel-window=15 breaker-share=5 breaker-factor=10 breaker-floor=1000 eu-pause=0 case-months=24 case-months-objection=36 case-months-portability=6
location /policies
audit policy.changed policy/62 by officer
audit policy.scheduled policy/61 by officer
follow
see Case files: Objection 36 months after the end of a ticket
see Case files: Portability As for all rights Waiting: 6 months after the end of a ticket
not see Case files: Restriction As
GET /casefiles
see kept for 24 months after its end (36 months for Objection), and under the CCPA for 24 months at least (11 CCR 7101)
pass 17568h

as officer again
run retention
GET /casefiles
see 1, Access
see kept for 24 months, as for all rights
not see 2, Access
GET /tickets/1
see Anna Berg
POST /casefiles
status 422
see Choose at least one case file.
POST /casefiles
form ticket=1 ticket=2
location /casefiles
audit cases.proposed disposal/1 by officer
follow
see Waits for a second officer
not see Approve: destroy
GET /
not see Approve destroying
POST /casefiles/1/approve
form cases=1
status 403
as second@q.example
GET /
see Approve destroying 1 case file Proposed by
GET /casefiles
see Approve: destroy 1 case file tonight
see 1 case file kept for 24 months, as for all rights
POST /casefiles/1/withdraw
audit cases.withdrawn disposal/1 by second@q.example
follow
see Not destroyed
as officer
POST /casefiles
form ticket=1
audit cases.proposed disposal/2
as second@q.example
POST /casefiles/2/approve
form cases=7
status 409
see It is about other case files now
POST /casefiles/2/approve
form cases=1
status 303
audit cases.approved disposal/2 by second@q.example
GET /
not see Approve destroying
GET /casefiles
see Runs tonight
run retention
GET /casefiles
see Destroyed
POST /casefiles/2/withdraw
status 409
GET /tickets/1
see Answered
see its case file was destroyed
not html action="/tickets/1/reopen"
not see Anna Berg
not see called at nine
POST /tickets/1/reopen
status 409
as auditor
GET /audit?object=ticket%2F1
see The case file of a ticket was destroyed
GET /batches/1
see 1 case file whose time was over
POST /casefiles
status 403
