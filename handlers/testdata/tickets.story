# A request by phone: taken in, its person checked, extended once, answered; and every other way in which a ticket can go.
service support-bot
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"one"}}
status 200

as support
GET /tickets
see No ticket is running
GET /tickets/new
see Take in a request
html value="2026-03-02"

# What is wrong stands beside its field and names the line, never the ID; what was typed comes back.
POST /tickets
form right=beer regime=eu-gdpr region=eu country=XX channel=phone received=2026-03-09 name="Anna Berg" ids="good\none;two" relation=
status 422
see Choose what they ask for.
see Choose a country of the list.
html Anna Berg
not audit ticket.opened
POST /tickets
form right=access regime=eu-gdpr region=eu country=DE channel=phone received=2026-03-09
status 422
see This day has not come yet.
POST /tickets
form right=access regime=eu-gdpr region=eu country=DE-BY channel=phone received=2026-03-01 name="Anna Berg" contact=anna@mail.example ids=cust_8842 relation=solicitor agent="C. Cole" note="she called at nine" mine=yes
status 303
location /tickets/1
audit ticket.opened ticket/1 by support
audit ticket.noted ticket/1
audit ticket.assigned ticket/1
follow
status 200
see Ticket 1 is open.
see 1, Access
see 30 days left
see Next: make sure who asks
html href="#verify"
html id="verify" open
see cust_8842
see 1 record in 1 service
see Tell of an extension by
html /clock?received=2026-03-01&amp;country=DE-BY
see C. Cole
see she called at nine
see no copy of it is kept

# The same again is shown before it becomes a second ticket, and can be merged.
POST /tickets
form right=access regime=eu-gdpr region=eu country=DE channel=mail received=2026-03-02 ids=cust_8842
status 422
see This may be here already.
not audit ticket.opened
POST /tickets
form right=access regime=eu-gdpr region=eu country=DE channel=mail received=2026-03-02 ids="cust_8842" anyway=yes
location /tickets/2
GET /tickets/2
see Perhaps the same request
see Merge into 1
POST /tickets/1/merge
form into=2
status 409
see The first one goes on
POST /tickets/2/merge
form into=1
location /tickets/1
audit ticket.merged ticket/2 by support
GET /tickets/2
see ticket 1 goes on for both
GET /tickets?show=aside
see 2, Access

# The list is narrowed by what stands in its address, and says what there is none of. Each choice tells how many it would leave.
GET /tickets
see Access (1)
see Me (1)
GET /tickets?right=access&law=eu-gdpr&channel=phone&with=me
see 1, Access
GET /tickets?right=portability&with=nobody&due=1d
see No ticket that is running fits
see Asked for: with “Nobody”, right “Portability”, due “Within 24 hours”.
GET /tickets?show=mine
see 1, Access

# A number leads to its ticket; a customer ID is asked for by a form, and a random word stands for it in the address (law L10).
POST /tickets/find
form q=1
location /tickets/1
POST /tickets/find
form q=cust_8842
status 303
keep found=(/tickets\?of=[A-Z0-9]+)
GET {found}
see Found by cust_8842
see 1, Access
see 2, Access
POST /tickets/find
form q=cust_nobody
status 422
see No ticket has this number, and none is about this customer ID or reference.
html value="cust_nobody"

# Its work.
POST /tickets/1/ask
form why=weather
status 422
see Choose one of these.
POST /tickets/1/ask
form why=identity
status 303
audit ticket.waiting ticket/1
follow
see The clock runs on meanwhile.
html href="#verify"
POST /tickets/1/resume
status 303
audit ticket.resumed ticket/1
POST /tickets/1/identity
form method=questions level= checked="her last two bills"
status 422
html her last two bills
POST /tickets/1/identity
form method=questions level=substantial checked="her last two bills"
status 303
audit ticket.verified ticket/1 by support
POST /tickets/1/ids
form id=
status 422
see Give one customer ID.
POST /tickets/1/ids
form id=cust_9000
status 303
audit ticket.id ticket/1
POST /tickets/1/notes
form note=
status 422
see Write it down.
POST /tickets/1/notes
form note="wants it by post"
status 303
GET /tickets/1
see wants it by post
POST /tickets/1/notes/1/erase
status 303
audit ticket.unnoted ticket/1
POST /tickets/1/notes/1/erase
status 404
POST /tickets/1/assign
form user=99
status 409
POST /tickets/1/assign
form user=0
status 303
audit ticket.assigned ticket/1
follow
see Take this ticket
POST /tickets/1/links
form kind=hold object=7
status 422
see There is none of this number.
POST /tickets/1/links
form kind=hold
status 422
POST /tickets/1/extend
form why=complexity reasons="" told=2026-02-01
status 422
see Write it down.
see before the request was received
POST /tickets/1/extend
form why=complexity reasons="there are many records" told=2026-03-02
status 303
audit ticket.extended ticket/1
follow
see Extended
see Due 1 Jun 2026
not html action="/tickets/1/extend"
POST /tickets/1/extend
form why=complexity reasons=again told=2026-03-02
status 409

# Files: told by their content, handed out as a download, each time written down.
POST /tickets/1/files
form x=y
status 422
see Choose a file.
POST /tickets/1/files
picture file anna.png
status 303
audit ticket.attached ticket/1 by support
GET /tickets/1/files/1
status 200
answer Content-Type: application/octet-stream
answer Content-Disposition: attachment*
answer X-Content-Type-Options: nosniff
audit ticket.fetched ticket/1 by support
POST /tickets/1/files
album file anna.zip 3
status 303
POST /tickets/1/files/1/erase
status 303
audit ticket.unattached ticket/1
GET /tickets/1/files/1
status 404

# Support neither answers nor refuses.
POST /tickets/1/answer
status 403
POST /tickets/1/refuse
status 403
POST /tickets/csv
status 403

# An auditor sees that it is there, and nothing of the person.
as auditor
GET /tickets/1
status 200
see 1, Access
see ref
not see Take this ticket
not html cust_8842
not html Anna Berg
not html wants it by post
not html C. Cole
not html her last two bills
POST /tickets/1/notes
form note=x
status 403
POST /tickets/csv
status 200
audit ticket.exported
see access,eu-gdpr,eu,DE,phone,2026-03-01
not see cust_8842
as admin
GET /tickets
status 403

as officer
POST /tickets/1/refuse
form reason=12-5-excessive explanation=again authority=BfDI complaint=yes
status 422
see the person must be told of it
html name="complaint" value="yes" checked
not html name="remedy" value="yes" checked
POST /tickets/1/refuse
form reason=12-5-excessive explanation="the fifth this month" authority=BfDI complaint=yes remedy=yes
status 303
audit ticket.refused ticket/1 by officer
follow
see Excessive, in particular repetitive
not see Take this ticket
see the fifth this month
POST /tickets/1/reopen
status 303
audit ticket.reopened ticket/1
POST /tickets/1/answer
status 303
audit ticket.answered ticket/1 by officer
follow
see Ended in time
POST /tickets/1/abandon
status 409
GET /tickets?show=ended
see 1, Access

# Taken back, and not answered.
as support
POST /tickets
form right=objection regime=ccpa region=non-eu country=US channel=web received=2026-03-02
location /tickets/3
POST /tickets/3/withdraw
status 303
audit ticket.withdrawn ticket/3
POST /tickets/3/reopen
status 303
POST /tickets/3/abandon
status 303
audit ticket.abandoned ticket/3
GET /tickets?show=aside&region=non-eu
see 3, Objection
not see 2, Access

# What is overdue is on the overview and an alarm.
POST /tickets
form right=rectification regime=uk-gdpr region=non-eu country=GB channel=post received=2026-01-15 mine=yes
location /tickets/4
GET /
see ticket is past the day on which the law wants an answer
see Tickets assigned to me
see 4, Rectification
as admin
GET /
see ticket is past the day on which the law wants an answer
not html href="/tickets?show=overdue"
as support
GET /tickets?show=overdue
see 4, Rectification

# What its next step is depends on who looks: an officer closes it, and support neither closes nor refuses.
POST /tickets/4/extend
form why=complexity reasons="there are many records" told=2026-03-02
status 422
see By then the first month had passed
POST /tickets/4/ask
form why=clarification
follow
see until they answer. The person has answered 14 days late
POST /tickets/4/resume
POST /tickets/4/identity
form method=known-contact level=low
follow
not html href="#answer"
not html action="/tickets/4/answer"
not html action="/tickets/4/refuse"
as officer
GET /tickets/4
html href="#answer"
html id="answer" open
html action="/tickets/4/refuse"
