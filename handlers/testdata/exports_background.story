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
html action="/exports/csv"
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

# An inspection pack is made so too, and holds what one that is sent at once holds; it names nobody, so no batch drops it.
POST /exports
form what=pack format=zip later=1 from=2026-03-01
status 303
location /exports/5
run exports
audit export.started export/5 by officer
audit export.sealed export/5 by officer
audit export.finished export/5 by officer
GET /exports/5
see Inspection pack
see Ready
POST /exports/5/file
status 200
answer Content-Type: application/zip
answer Content-Disposition: attachment; filename=quittance-inspection-5-2026-03-02.zip
see README.txt
not see anna@x.de
audit export.fetched export/5 by officer
POST /exports/5/cancel
status 303
GET /exports/5
see Discarded
html /exports?format=zip&amp;from=2026-03-01&amp;what=pack
POST /exports
form what=pack format=zip later=1 sample=9
status 404

# A table that may grow long is made so too: with the filter of its page, under its own name, and with the entry that it leaves when it is sent at once.
POST /audit/csv?act=erasure&from=2026-03-01
form later=1
status 303
location /exports/6
run exports
audit export.started export/6 by officer
audit export.finished export/6 by officer
not audit table.exported
GET /exports/6
see Table: entries of the audit trail
see act=erasure, from=2026-03-01
see Ready
not see anna@x.de
GET /exports
see Table: entries of the audit trail
GET /audit?object=export/6
see export.started
POST /exports/6/file
status 200
answer Content-Disposition: attachment; filename=audit.csv
see entry,time (UTC),actor,event,object,leaf hash
see ,erasure.accepted,erasure/1,
not see ,log.created,
not see anna@x.de
audit export.fetched export/6 by officer
audit table.exported by officer
POST /exports/6/cancel
status 303
# It is begun once more as it was.
GET /exports/6
see Discarded
html action="/audit/csv?act=erasure&amp;from=2026-03-01"
POST /audit/csv?act=erasure&from=2026-03-01
form later=1
status 303
location /exports/7
run exports
POST /exports/7/file
status 200
see ,erasure.accepted,erasure/1,
# What an address holds and no page offers is not kept: it may be an ID that somebody typed.
POST /tickets/csv?right=access&law=anna@x.de&of=
form later=1
status 303
location /exports/8
run exports
POST /exports/8/file
status 200
answer Content-Disposition: attachment; filename=tickets.csv
audit ticket.exported by officer
POST /exports/8/cancel
status 303
GET /exports/8
html action="/tickets/csv?right=access"
not see anna@x.de
POST /erasures/csv?state=done
form later=1
status 303
location /exports/9
run exports
GET /exports/9
see Table: the list of erasures
see Rows 1
POST /holds/csv?show=ended
form later=1
status 303
location /exports/10
run exports
# A small one is sent at once, whatever was asked.
POST /drills/csv
form later=1
status 200
see drill,outcome,actor
as support
POST /signin
form email=support@q.example password="{password}"
status 303
POST /audit/csv
form later=1
status 403
not audit export.started
