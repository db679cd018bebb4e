# A picture that was revealed does not outlive a restriction which is placed within its minute (Art. 18).
service photos visual-recognition
api photos
POST /v4/collections?version=2019-02-11
header X-Watson-Metadata: customer_id=abc
json {"name":"claims"}
status 200
keep collection="collection_id":"([0-9a-f-]{36})"
POST /v4/collections/{collection}/images?version=2019-02-11
picture images_file a.png
status 200
as support
POST /search
form q=abc
follow
keep subject=/subjects/([\w-]+)
POST /records/2/reveal
form purpose=holiday
status 422
see Say what for
not audit record.revealed
POST /records/2/reveal
form purpose=support-case
status 200
html src="/records/2/picture"
audit record.revealed by support
GET /records/2/picture
status 200
pass 5s
as officer
POST /records/2/reveal
form purpose=incident
status 200
GET /records/2/picture
status 200
pass 1s
POST /holds
form kind=restriction subject={subject} reason=18-1-a note=contested
status 303
audit restriction.placed hold/1 by officer
GET /records/2/picture
status 404
as support
GET /records/2/picture
status 404
# an officer gives a purpose anew
pass 1s
as officer
POST /records/2/reveal
form purpose=access-request
status 200
audit record.revealed by officer
GET /records/2/picture
status 200
# and the person may ask who looked
GET /subjects/{subject}
see Help the person with their case
see Answer a request for access (Art. 15)

# One field can be revealed without the others.
service support-bot
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_7
json {"input":{"text":"my mail is anna@x.de"},"user_id":"user-of-cust-7"}
status 200
as support
GET /records/3
not see anna@x.de
see The whole record
keep part=value="(\d+)"[^>]*>Only request.input.text
POST /records/3/reveal
form purpose=support-case part={part}
status 200
see anna@x.de
not see user-of-cust-7
audit record.revealed by support
POST /records/3/reveal
form purpose=support-case part=whole
status 200
see anna@x.de
see user-of-cust-7
html <noscript><meta http-equiv="refresh" content="60;url=/records/3"></noscript>
POST /records/3/reveal
form purpose=support-case part=99
status 422
see Choose one of these.
not see anna@x.de
not audit record.revealed
