# What the person is written: a text with the ticket's data, edited by whoever sends it, kept as it was sent; and what sending it does.
as officer
GET /settings/letters
see Letterhead
see Refusal, German
see default
POST /settings/letters/letterhead
form text="Shop Ltd"
status 303
audit letter.changed by officer
POST /settings/letters/contact
form text=privacy@shop.example
status 303
POST /settings/letters/authority-eu-gdpr
form text="BfDI, Bonn"
status 303

# An unknown field has its place; what was typed stays. A text that lacks what the law wants says so.
POST /settings/letters/refusal-en-eu-gdpr
form text="Dear {{ name }}"
status 422
see Line 1, character 6: there is no such field
html Dear {{ name }}
not audit letter.changed
POST /settings/letters/refusal-en-eu-gdpr/preview
form text="No, {{ requester }}, because: {{ reasons }}"
status 200
see No, Alex Muster
see This text does not seem to say everything that the law wants.
see That they can go to court (Art. 12(4) GDPR)
not audit letter.changed
POST /settings/letters/refusal-en-eu-gdpr/preview
form text={{due
status 422
POST /settings/letters/refusal-en-eu-gdpr
form text="No, {{ requester }}"
status 303
GET /settings/letters/refusal-en-eu-gdpr
see No, Alex Muster
see Versions
POST /settings/letters/refusal-en-eu-gdpr
form text=x reset=yes
status 303
follow
see You can seek a judicial remedy
see back to the default
GET /settings/letters/poem
status 404

as support
GET /settings/letters/contact
not see Save this text
POST /tickets
form right=access regime=eu-gdpr region=eu country=DE channel=phone received=2026-03-01 name="Anna Berg" contact="2 Low Road" ids=cust_8842 mine=yes
location /tickets/1
GET /tickets/1
see None has been kept yet.
GET /tickets/1/letters/new
see Acknowledgement
not see Refusal
not see Completion of an erasure
GET /tickets/1/letters/new?kind=refusal&language=en
status 409
GET /tickets/1/letters/new?kind=poem&language=en
status 404

# One that asks for nothing: its text is there at once.
GET /tickets/1/letters/new?kind=acknowledgement&language=de
see Guten Tag Anna Berg
see spätestens bis zum 1. April 2026
POST /tickets/1/letters
form kind=acknowledgement language=de text="Guten Tag {{ requester }}" way= day=2026-03-01
status 422
see Line 1, character 11: nobody has filled this field
see Choose one of these.
not audit letter.sent
POST /tickets/1/letters
form kind=acknowledgement language=de text="Guten Tag Anna Berg" way=mail day=2026-03-02
location /tickets/1/letters/1
audit letter.sent ticket/1 by support
GET /tickets/1/letters/1
see Shop Ltd
see 2 Low Road
see Guten Tag Anna Berg
see By mail, 2 Mar 2026, German
GET /tickets/1/letters/1/text
status 200
answer Content-Type: text/plain*
answer Content-Disposition: attachment; filename=ticket-1-acknowledgement.txt
audit ticket.fetched ticket/1
GET /tickets/1/letters/2
status 404

# An identity request lets the ticket wait.
POST /tickets/1/letters/draft
form kind=identity language=en reasons=
status 422
see Write it down.
POST /tickets/1/letters/draft
form kind=identity language=en reasons="Your name is not the one on the account. Tell us your last order."
status 200
see Tell us your last order.
see With it the ticket waits for the person
POST /tickets/1/letters
form kind=identity language=en reasons="Your name is not the one on the account." text="Who are you?" way=post day=2026-03-02
status 422
see What you need to know who asks, and why (Art. 12(6) GDPR)
see Put it into the text
POST /tickets/1/letters
form kind=identity language=en reasons="Your name is not the one on the account." text="Who are you?" way=post day=2026-03-02 anyway=yes
status 303
audit ticket.waiting ticket/1
audit letter.sent ticket/1
follow
see 1 part that the law wants could not be found in it
POST /tickets/1/resume
status 303

# An extension is its letter: sent in time, with its reasons and its day.
POST /tickets/1/letters/draft
form kind=extension language=en why=weather reasons=late
status 422
see Choose one of these.
POST /tickets/1/letters/draft
form kind=extension language=en why=number reasons="There are eleven services to ask."
see There are eleven services to ask.
see by 1 June 2026 at the latest
see With it the ticket is extended to 1 Jun 2026.
POST /tickets/1/letters
form kind=extension language=en why=number reasons="There are eleven services to ask." text="There are eleven services to ask. You will have it by 1 June 2026." way=post day=2026-02-02
status 422
see This is before the request was received.
POST /tickets/1/letters
form kind=extension language=en why=number reasons="There are eleven services to ask." text="There are eleven services to ask. You will have it by 1 June 2026." way=post day=2026-03-02
status 303
audit ticket.extended ticket/1 by support
GET /tickets/1
see Extended
see Identity request

# An officer refuses with the letter, which has every part of Art. 12(4).
as officer
POST /tickets/1/letters/draft
form kind=refusal language=en ground=12-5-excessive reasons="It is the fifth this month." authority="BfDI, Bonn"
status 200
see such as BfDI, Bonn
see before a court
POST /tickets/1/letters
form kind=refusal language=en ground=12-5-excessive reasons="It is the fifth this month." authority="BfDI, Bonn" text="No. It is the fifth this month." way=post day=2026-03-02
status 422
see That they can complain to a supervisory authority
see That they can go to court
not audit ticket.refused
POST /tickets/1/letters
form kind=refusal language=en ground=12-5-excessive reasons="It is the fifth this month." authority="BfDI, Bonn" text="No. It is the fifth this month. You can complain to the BfDI, Bonn, and go to court." way=post day=2026-03-02
status 303
audit ticket.refused ticket/1 by officer
GET /tickets/1
see Refused
see It is the fifth this month.

# The letter that says it is done closes the ticket, if the officer says so.
POST /tickets
form right=restriction regime=uk-gdpr region=non-eu country=GB channel=web received=2026-03-01
location /tickets/2
GET /tickets/2/letters/new?kind=completion&language=en
see Close the ticket as answered with it
see Dear {{
POST /tickets/2/letters/draft
form kind=lifting language=en lifted=2026-01-01 reasons=over
status 422
see Write a day that lies ahead
POST /tickets/2/letters/draft
form kind=lifting language=en lifted=2026-03-20 reasons="The data was checked."
see the restriction ends on 20 March 2026
POST /tickets/2/letters
form kind=completion language=en text="Done" way=handed-over day=2026-03-02 close=yes
status 303
audit ticket.answered ticket/2 by officer
as auditor
GET /tickets/1
see Refusal
not html /tickets/1/letters/1"
GET /tickets/1/letters/1
status 403
