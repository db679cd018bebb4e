# Many customer IDs are erased by one decision, each with its own request.
service support-bot
gateway front-bot
api support-bot
POST /v2/assistants/a1/message?version=2021-06-14
header X-Watson-Metadata: customer_id=cust_1
json {"input":{"message_type":"text","text":"One"}}
status 200
POST /v2/assistants/a1/message?version=2021-06-14
header X-Watson-Metadata: customer_id=cust_2
json {"input":{"message_type":"text","text":"Two"}}
status 200

as support
GET /erasures
see Erase a list
GET /erasures/bulk
status 200
see Nothing is proposed yet
POST /erasures/bulk
form ids= format=lines
status 422
see Type or upload at least one customer ID
POST /erasures/bulk
form ids="a;b" format=lines
status 422
see No line is a customer ID. Line 1 must not contain
html a;b</textarea>
POST /erasures/bulk
part format=csv
part ids=
album file pictures.csv 1
status 422

# Each line is looked at before anything is proposed.
POST /erasures/bulk
part format=lines
part ids=cust_1
status 303
location /lists/*
audit bulk.listed bulk/1 by support
keep first=(/lists/[A-Z0-9]+)
POST /erasures/bulk
form ids="cust_1 , cust_2" format=csv
keep second=(/lists/[A-Z0-9]+)
GET {second}
see Propose the erasure of this list
GET {first}
status 200
see 1 line
see Known here 1
see 1 record will be erased
POST {first}
form reason=nonsense
status 422
see Choose the ground on which the persons ask

# Nobody else opens it.
as officer
GET {first}
status 404
POST {first}
form reason=17-1-b
status 404
as auditor
GET {first}
status 403

as support
POST /erasures/bulk
header Content-Type: application/x-www-form-urlencoded
body ids=customer_id%0D%0Acust_1,Ann%0D%0Acust_2,Ben%0D%0Acust_1,again%0D%0Anobody,x%0D%0Ano%3Dbody,y&format=csv
status 303
keep list=(/lists/[A-Z0-9]+)
GET {list}
see 5 lines
see The first line names the column
see 1 line is no customer ID, and left out
see Line 6 no=body
see Line 4 repeats line 2
see 1 ID is not known here
see 2 records will be erased
see front-bot (upstream)
see Call 1 linked service for the IDs that are not known here too
POST {list}
form reason=17-1-b note="a list that came by post" linked=yes
status 303
location /bulks/*
audit bulk.proposed by support
keep bulk=(/bulks/\d+)
follow
see The list is proposed
see List of 3 erasures
see Proposed
see A compliance officer decides on this
not see cust_1
GET {list}
status 404
GET /erasures/1
see List
html href="{bulk}"
POST {bulk}/approve
form confirm=x
status 403
POST /bulks/999/withdraw
status 404

# One of them is taken off; the rest is approved in one.
GET {bulk}/live
frames 1
status 200
see List of 3 erasures
POST /erasures/3/withdraw
status 303
as officer
GET /
see Approve or refuse list
not see Approve or refuse erasure
GET {bulk}
see 2 records will be erased
see Type “erase 2 records in 2 requests” to confirm
see Withdrawn 1
keep hash=name="hash" value="([0-9a-f]{64})"
POST {bulk}/approve
form hash={hash} confirm="erase them"
status 422
see Type the words exactly as they stand
POST {bulk}/approve
form hash=0 confirm="erase 2 records in 2 requests"
status 409
see The manifest has changed
POST {bulk}/approve
form hash={hash} confirm="erase 2 records in 2 requests"
status 303
location {bulk}
audit bulk.approved by officer
audit erasure.approved erasure/1 by officer
audit erasure.approved erasure/2 by officer
follow
see Approved
see Approved by Officer Person
POST {bulk}/refuse
form reason=17-1
status 409
pass 16m
run batch
as officer again
GET {bulk}
see Verifying 2
POST {bulk}/csv
status 200
answer Content-Type: text/csv*
see erasure,reference,state,records
see 3,
see ,withdrawn,0
audit bulk.exported by officer

# Another is refused, and another withdrawn.
as support again
POST /erasures/bulk
form ids=cust_9 format=lines
keep list=(/lists/[A-Z0-9]+)
POST {list}
form reason=17-1-b
status 422
see none of these IDs is known here
POST {list}
form reason=17-1-b linked=yes
keep bulk=(/bulks/\d+)
as officer
POST {bulk}/refuse
form reason=17-3-e
status 422
see Give the reasons in a few plain sentences
POST {bulk}/refuse
form reason=17-3-e explanation="A claim that was planted" authority="The authority" told=complaint told=remedy
status 303
audit bulk.refused by officer
follow
see Nothing was erased
as support
POST /erasures/bulk
form ids=cust_9 format=lines
keep list=(/lists/[A-Z0-9]+)
POST {list}
form reason=17-1-b linked=yes
keep bulk=(/bulks/\d+)
POST {bulk}/withdraw
status 303
audit bulk.withdrawn by support
follow
see Withdrawn
POST {bulk}/withdraw
status 409
