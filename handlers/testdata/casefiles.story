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
pass 17568h

as officer again
run retention
GET /casefiles
see 1, Access
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
POST /casefiles/1/approve
form cases=1
status 403
as second@q.example
GET /casefiles
see Approve: destroy 1 case file tonight
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
follow
see Runs tonight
run retention
GET /casefiles
see Destroyed
POST /casefiles/2/withdraw
status 409
GET /tickets/1
see Answered
see its case file was destroyed
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
