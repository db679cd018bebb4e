# Words of one's own in the fields that no other story fills: whether they get out is asked of every story at the end (story_planted_test.go).
service bot
task cellar

as officer
POST /holds
form kind=hold records="planted records" reason=17-3-b custodian="planted custodian"
status 422
POST /search/erased
form id=planted-erased-id
status 200
POST /holds/1/lift
form step-up={password}
status 404

as admin
POST /services
form link=http name=Planted url=https://planted.example.com/{place} method=POST body="planted body {place}" headers="X-Key: planted-header" look=https://planted.example.com/look/{place}
form look_body="planted look {place}" accepted=planted-accepted done=planted-done gone=planted-gone domain=planted-domain fingerprint=planted-print test_url=https://planted.example.com/test
form credential=planted-credential step-up={password}
status 422
POST /services/{cellar.number}/link
form link=http name=Planted url=https://planted.example.com/{place} method=POST body="planted body {place}" headers="X-Key: planted-header" look=https://planted.example.com/look/{place}
form look_body="planted look {place}" accepted=planted-accepted done=planted-done gone=planted-gone domain=planted-domain fingerprint=planted-print test_url=https://planted.example.com/test
form credential=planted-credential step-up={password} inside=yes instructions="planted instructions"
POST /services/{bot.number}/keys
form name="planted key name" scope=logs
status 200
POST /users
form email=planted@q.example name="Planted Person" role=support password="planted password 1"
status 303
keep number=/users/([0-9]+)
POST /users/{number}
form name="Planted Renamed" role=support
status 303

as auditor
POST /audit/verify
form from=planted-from to=planted-to
status 422
POST /samples
form size=planted-size
status 422

as support
POST /tickets
form right=access regime=eu-gdpr region=eu country=DE channel=phone received=2026-03-01 name="Planted Caller" contact=planted@caller.example ids=planted_customer relation=solicitor agent="Planted Agent"
form agent-contact="planted agent contact" note="planted ticket note"
status 303
POST /tickets/1/access
status 303
POST /tickets/1/access/redactions
form words="planted redaction words" reason=other-person
status 303
POST /tickets/1/links
form kind=erasure object="planted object"
status 422
POST /tickets
form right=erasure regime=eu-gdpr region=eu country=DE channel=phone received=2026-03-01 name="Planted Caller" ids=planted_customer
status 303
POST /tickets/2/erasures
form reason=17-1-b note="planted erasure note"

as officer
POST /tickets/1/refuse
form reason=12-2 explanation="planted explanation" authority="planted authority" complaint=yes court=yes
POST /statements
form controller="planted controller" purposes="planted purposes" categories="planted categories" recipients="planted recipients" retention="planted retention"
form rights="planted rights" authority="planted authority of statements" automated="planted automated" transfers="planted transfers" source="planted source" step-up={password}
status 303
