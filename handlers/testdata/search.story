# Finding a person by customer ID: the box, what is wrong with an ID, filters, paging, and whose search it is.
person other@q.example support
service support-bot
service shop-bot

as support
GET /search
status 200
html name="q"

# What cannot be an ID is said beside the field, with what was typed; nothing is kept of it.
POST /search
form q=
status 422
see A customer ID
not audit search.made
POST /search
form q=a;b
status 422
html value="a;b"
not audit search.made
POST /search
form q=a=b
status 422

# Nothing is held under it, and that is said too.
POST /search
form q=cust_8842
status 303
follow
status 200
see No record
not html /subjects/

api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"The oldest, from rita@example.org"}}
times 60
status 200
pass 10m
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"The middle"}}
times 60
status 200
api shop-bot
pass 1s
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"The newest, in the shop"}}
status 200

as support
POST /search
form q=cust_8842
status 303
keep search=(/searches/[\w-]+)
follow
status 200
see 121 records for
see In 2 services
see Last 7 days
html The newest, in the shop
not see rita@example.org
keep subject=/subjects/([\w-]+)
# fifty to a page, newest first; older and newer lead back and forth
keep older=href="([^"]*before=[^"]*)" rel="next"
not html rel="prev"
GET {older}
status 200
html The middle
html The oldest, from
not html The newest
not see rita@example.org
see masked email
keep newer=href="([^"]*after=[^"]*)" rel="prev"
keep older=href="([^"]*before=[^"]*)" rel="next"
GET {older}
status 200
html The oldest, from
not html The middle
not html rel="next"
GET {newer}
status 200
html The newest, in the shop

# The filters narrow the list; each is a link.
GET {search}?service={shop-bot.number}
status 200
html The newest, in the shop
not html The middle
GET {search}?kind=1&written=week
status 200
html The newest, in the shop
GET {search}?written=older
status 200
not html The newest
not html The middle
# What is no filter counts as none.
GET {search}?written=yesterday&service=x&before=zzz
status 200
html The newest, in the shop

# The same list under the data subject's reference, for those who came by that way.
GET /subjects/{subject}/records
status 200
html The newest, in the shop
GET /subjects/{subject}/records?service={shop-bot.number}
status 200
not html The middle
GET /subjects/s_nobody/records
status 404
GET /subjects/s_nobody
status 404

# A search is its maker's: to others it is nowhere, and whoever reads no records has no search at all.
as other@q.example
GET {search}
status 404
as officer
GET {search}
status 404
as auditor
GET {search}
status 403
POST /search
form q=cust_8842
status 403
as visitor
GET {search}
status 303
location /signin?next={search}

# A day later it is gone, for its maker too.
pass 25h
as support again
GET {search}
status 404
