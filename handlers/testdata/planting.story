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
