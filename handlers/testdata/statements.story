# What the house states, and a service beside it or instead of it, in English and in German; an answer in German says where something is missing.
service support-bot
service shop-bot
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"where is my parcel"}}
status 200

as officer
GET /statements?language=fr
status 404
GET /statements?service=999
status 404
POST /statements
form controller="Example Ltd" purposes="To help you."
location /statements?language=en
audit statement.changed by officer
follow
see Example Ltd
see 8 of 10 are missing
GET /statements?language=de
see 10 of 10 are missing
not see Example Ltd
GET /statements?language=de&service={support-bot.number}
see Statements of support-bot
see The house states: nothing yet.
POST /statements
form language=de service={support-bot.number} purposes="Um Fragen zu beantworten." purposes-instead=yes source=" "
location /statements?language=de&service={support-bot.number}
follow
see Um Fragen zu beantworten.
see 1 statement of its own
html name="purposes-instead" value="yes" checked

# The answer is in German, as the person is; each gap leads to where it is written.
as support
POST /tickets
form right=access regime=eu-gdpr region=eu country=DE channel=phone received=2026-03-01 name="Anna Berg" ids=cust_8842
location /tickets/1
POST /tickets/1/access
form language=fr
status 422
see choose English or German
POST /tickets/1/access
form language=de
location /tickets/1/access
follow
see German
see Only in English: Art. 15(1), “Who we are”
see No text for Art. 15(1)(b)
not see Art. 15(1)(a)
html href="/statements?language=de"
GET /statements?language=de&service={support-bot.number}
see Instead of what the house states
POST /statements
form language=de controller=x
status 403
as officer
POST /tickets/1/access/release
status 422
POST /tickets/1/access/release
form without=yes
location /tickets/1/access
POST /tickets/1/access/passphrase
status 200
see Sie ist verschlüsselt
see age --decrypt --output your-data.zip answer-1.zip.age
POST /tickets/1/access/link
status 200
see Die Daten, die Sie verlangt haben, liegen bereit.
keep link=/answers/([A-Za-z0-9_-]{43})
as visitor
GET /answers/{link}
status 200
see Meine Daten abholen
html lang="de"
as officer
POST /tickets/1/access/link
status 200
as visitor
GET /answers/{link}
status 410
see Diese Adresse gilt nicht mehr
