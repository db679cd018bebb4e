# A long export is made in the background: whoever asked for it leaves, comes back, and fetches it. Nobody else does.
service support-bot
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=anna@x.de
json {"input":{"text":"please call me"}}
as officer
GET /exports
see In the background
POST /exports
form what=audit format=xml later=1
status 422
see Choose a format.
see In the background
html value="audit" checked
not audit export.started
POST /exports
form what=improvement format=ndjson later=1
status 303
location /exports/1
run exports
audit export.finished export/1 by officer
GET /exports/1
status 200
see Ready
see only whoever asked for it can fetch it
see 10:00
see Fetch the file
not see anna@x.de
GET /exports
see Ready
GET /exports/1/live
see event: end
GET /exports/live
see event: end
POST /exports/1/file
status 200
answer Content-Type: application/x-ndjson
answer Content-Disposition: attachment; filename=quittance-improvement-2026-03-02.ndjson
see please call me
not see anna@x.de
audit export.fetched export/1 by officer
GET /exports/1
see Fetched once
# Another person reads that it is there, and that it is not theirs.
as auditor
GET /exports/1
status 200
see Only whoever asked for it can fetch it.
not see Fetch the file
POST /exports/1/file
status 403
see Only an officer exports what people said.
POST /exports/1/cancel
status 403
see This file is not yours
not audit export.fetched
person second.officer@q.example officer
as second.officer@q.example
GET /exports/1
see Only whoever asked for it can fetch it.
not see Fetch the file
POST /exports/1/file
status 403
see This file is not yours
not audit export.fetched
as support
GET /exports/1
status 403
# Each fetch needs a fresh sign-in, as the export did.
as officer
pass 6m
POST /exports/1/file
status 401
see To fetch the file of export 1, sign in again.
not audit export.fetched
POST /exports/1/file
form step-up="{password}"
status 200
# After an hour it is gone, says so, and can be asked for again with the form filled in.
pass 55m
POST /signin
form email=officer@q.example password="{password}"
status 303
POST /exports/1/file
status 410
see It is not whole yet, or not here any more.
GET /exports/1
see Expired
see lay here for an hour and is gone
html /exports?format=ndjson&amp;what=improvement
GET /exports?what=improvement&format=ndjson
status 200
html value="improvement" checked

# What is whole is discarded, and what was is not twice.
POST /exports
form what=audit format=json later=1
location /exports/2
run exports
POST /exports/2/cancel
status 303
location /exports/2
audit export.cancelled export/2 by officer
GET /exports/2
see Discarded
POST /exports/2/cancel
status 409
POST /exports/2/file
status 410

# A batch drops a file of records at once, and its page says why; one without records stays.
POST /exports
form what=improvement format=ndjson later=1 from=2026-03-01 to=2026-03-02
location /exports/3
run exports
POST /exports
form what=erasures format=csv later=1
location /exports/4
run exports
api support-bot
DELETE /v2/user_data?customer_id=anna@x.de&version=2020-04-01
status 202
run batch now
as officer
GET /exports/3
see Dropped
see A batch began. It may erase records that stand in the file
html /exports?format=ndjson&amp;from=2026-03-01&amp;to=2026-03-02&amp;what=improvement
POST /exports/3/file
status 410
GET /exports/4
see Ready
POST /exports
form what=pack format=zip later=1
status 200
