# An export of logs is taken in from the console: in the background, by whoever may add services. It can be left and come back to.
service support-bot
service papers discovery
as support
GET /imports
status 200
see Nothing was imported yet
not see New import
POST /imports
part service={support-bot.number}
text file a.ndjson {}
status 403
as admin
GET /services
see Imports
GET /imports
status 200
see New import
see forgotten as soon as it is stored
POST /imports
part service={support-bot.number}
status 422
see Choose a file.
POST /imports
part service={papers.number}
text file a.ndjson {}
status 422
see Choose a hosted Assistant that is in use.
not audit import.started
POST /imports
part service={support-bot.number}
text file a.ndjson {"log_id":"L1","customer_id":"anna@x.de","request":{"input":{"text":"hello"}},"response":{"output":{}},"assistant_id":"A","session_id":"S","request_timestamp":"2026-01-01T10:00:00Z","response_timestamp":"2026-01-01T10:00:01Z","language":"en"}
status 303
location /imports/1
run imports
audit import.finished import/1 by admin
GET /imports/1
status 200
see Import 1
see Done
see 1 line read
see Stored 1
see The file was read to its end.
not see anna@x.de
GET /imports
see support-bot
see Done
GET /imports/1/live
see event: end
GET /imports/live
see event: end
POST /imports/1/cancel
status 409
POST /imports/1/discard
status 409
# A line that is no entry is named by its number and what is wrong, never by what it says.
POST /imports
part service={support-bot.number}
text file b.ndjson {"customer_id":"bernd@x.de"}
location /imports/2
run imports
GET /imports/2
see 1 line was refused
see The file ends in the middle of it.
not see bernd@x.de
# What came in is found like anything else.
as support
POST /search
form q=anna@x.de
follow
status 200
see hello
# The name of a file is kept nowhere.
as admin
POST /imports
part service={support-bot.number}
text file anna@x.de.gz \x1f\x8b broken
status 303
location /imports/3
run imports
as auditor
GET /imports/3
status 200
see The file ends in the middle of it.
not see Go on with this file

# What another command began is cancelled from the console, and given up.
as admin
import support-bot
GET /imports/4
status 200
see Reading the first lines.
POST /imports/4/cancel
status 303
location /imports/4
audit import.cancelled import/4 by admin
GET /imports/4
see Go on with this file
POST /imports/4/discard
status 303
audit import.discarded import/4 by admin
GET /imports/4
see Discarded

# Logs belong to a hosted Assistant: not to one that lies elsewhere.
gateway front-bot
as admin
POST /imports
part service={front-bot.upstream}
text file a.ndjson {}
status 422
see Choose a hosted Assistant that is in use.
