# Many customer IDs are looked up at once: what each line is, what is held, what was erased, which IDs are like it, and who was not asked.
person other@q.example support
service support-bot
gateway front-bot

api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_7001
json {"input":{"text":"One"}}
times 2
status 200
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=CUST_7001
json {"input":{"text":"Like it"}}
status 200
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=gone_7002
json {"input":{"text":"Two"}}
status 200
DELETE /v2/user_data?customer_id=gone_7002&version=2020-04-01
status 202
run batch now

as support
GET /search
status 200
see A list of customer IDs
html name="ids"

# What is no list is said, and nothing of it is kept.
POST /search
form ids=
status 422
see Type or upload at least one customer ID
not audit list.searched
POST /search
form ids="no;good_7009"
status 422
see No line is a customer ID. Line 1
html no;good_7009</textarea>
not audit list.searched

POST /search
header Content-Type: application/x-www-form-urlencoded
body ids=cust_7001%0D%0A%0D%0Agone_7002%0D%0Anobody_7003%0D%0Acust_7001%0D%0Abad%3Dline_7004%0D%0A
status 303
location /lists/*
audit list.searched by support
keep list=/lists/([A-Z0-9]+)/found
follow
status 200
see 5 lines
see Known here 1
see Not known here 2
see Repeated 1
see No customer ID 1
see Line 6 bad=line_7004
see Line 5 repeats line 1
html <a class="link mono wrapany" data-row href="/subjects/
see 1 similar ID exists, not included
html CUST_7001
see An erasure of this ID at support-bot was accepted on
see Not asked: front-bot (upstream).
see Erased before 1
see With similar IDs 1
not html /csv

# A part of it alone, and what is no part.
GET /lists/{list}/found?show=erased
status 200
html gone_7002
not html nobody_7003
GET /lists/{list}/found?show=unknown
html nobody_7003
html gone_7002
not html data-row href
GET /lists/{list}/found?show=nothing&after=x
html nobody_7003
GET /lists/{list}/found?after=1
not html data-row href
html nobody_7003

# It leads on to the erasure of the same list.
GET /lists/{list}
status 200
see Propose the erasure of this list

# It is its maker's.
as other@q.example
GET /lists/{list}/found
status 404
as officer
GET /lists/{list}/found
status 404
POST /lists/{list}/csv
status 404
as auditor
GET /lists/{list}/found
status 403
as support
POST /lists/{list}/csv
status 403

# An officer takes it along: lines and references, no IDs.
as officer
POST /search
header Content-Type: application/x-www-form-urlencoded
body ids=cust_7001%0Agone_7002%0Acust_7001%0Abad%3Dline_7004
status 303
keep mine=/lists/([A-Z0-9]+)/found
follow
html /lists/{mine}/csv
POST /lists/{mine}/csv
status 200
answer Content-Type: text/csv*
answer Content-Disposition: attachment; filename=list.csv
see line,result,reference,records,services
see 1,known here,s_
see 2,not known here,,0,0,,,1,0
see 3,repeats line 1
see 4,no customer ID
not see cust_7001
not see gone_7002
audit list.exported by officer
pass 6m
POST /lists/{mine}/csv
status 401
see To export what is held under these IDs, sign in again.
POST /lists/{mine}/csv
form step-up="{password}"
status 200

# A day later it is gone.
pass 25h
as officer again
GET /lists/{mine}/found
status 404
