# Each right that is not access, erasure or restriction, from its intake to its close: how it goes stands on the ticket, and it closes with what was done.
service support-bot
service photos visual-recognition
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"I live in Low Road"}}
status 200

# Art. 16.
as support
POST /tickets
form right=rectification regime=eu-gdpr region=eu country=DE channel=mail received=2026-03-02 ids=cust_8842 mine=yes
location /tickets/1
follow
see How it goes
see Nobody changes it by hand
html /tickets/new?right=restriction&amp;subject=
POST /tickets/1/identity
form method=known-contact level=low
status 303
POST /tickets/1/answer
status 403
as officer
GET /tickets/1
see What was done
POST /tickets/1/answer
status 422
see Choose one of these.
POST /tickets/1/answer
form outcome=21-1
status 422
not audit ticket.answered
POST /tickets/1/answer
form outcome=16-corrected
status 303
audit ticket.answered ticket/1 by officer
follow
see What was wrong was corrected
not see How it goes
POST /tickets/1/reopen
status 303
follow
not see What was wrong was corrected, and who had received it was told (Art. 19) (Art. 16)
# The letter that says so closes it too.
GET /tickets/1/letters/new?kind=completion&language=en
see Close the ticket with it: what was done
POST /tickets/1/letters
form kind=completion language=en text="We have corrected it." way=post day=2026-03-02 outcome=nothing anyway=yes
status 422
see Choose one of these.
POST /tickets/1/letters
form kind=completion language=en text="We have completed it." way=post day=2026-03-02 outcome=16-completed anyway=yes
status 303
audit ticket.answered ticket/1
GET /tickets/1
see It was completed, by a statement of the person

# Art. 21: weighed, and stopped; or refused with our grounds.
as support
POST /tickets
form right=objection regime=eu-gdpr region=eu country=DE channel=mail received=2026-03-02 ids=cust_8842 mine=yes
location /tickets/2
follow
see Against direct marketing nothing is weighed
see X-Watson-Learning-Opt-Out
as officer
POST /tickets/2/answer
form outcome=21-3
status 303
follow
see It is used for direct marketing no longer
GET /audit?object=ticket%2F2&act=ticket.answered
keep entry=href="/audit/([0-9]+)"
GET /audit/{entry}
see What was done It is used for direct marketing no longer

# Art. 20: an answer for machines, without the statements of Art. 15.
as support
POST /tickets
form right=portability regime=eu-gdpr region=eu country=DE channel=mail received=2026-03-02 ids=cust_8842 mine=yes
location /tickets/3
follow
see data.json and a data.csv for each kind
see Prepare the answer
POST /tickets/3/access
location /tickets/3/access
as officer
GET /tickets/3/access
not see No text for Art. 15
POST /tickets/3/access/release
status 303
audit answer.released answer/1
POST /tickets/3/access/link
status 200
keep link=/answers/([A-Za-z0-9_-]{43})
POST /tickets/3/access/sent
location /tickets/3
audit ticket.answered ticket/3
as visitor
POST /answers/{link}
status 200
html data.json
html data-message.csv

# The right to be forgotten: processed images. No call reaches them, so a person asks the provider, by the route of the region.
as support
POST /tickets
form right=processed-images regime=eu-gdpr region=eu country=DE channel=mail received=2026-03-02 ids=cust_8842 mine=yes
location /tickets/4
follow
see no erasure here: a person asks the provider to remove them
see requests from the EU
see photos
html /tickets/new?right=erasure&amp;subject=
POST /tickets/4/notes
form note="case CS1 at the provider"
status 303
as officer
POST /tickets/4/answer
form outcome=images-erased
status 303
follow
see The provider has confirmed that the processed images are gone

as auditor
GET /tickets/4
see The provider has confirmed
not see How it goes
