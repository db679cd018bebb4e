# An ID that only a linked service may hold: nothing is known of it here, and it can be erased there all the same. It stands in no address.
service support-bot
as support
POST /search
form q=only_there
status 303
keep token=(/searches/\w+)
follow
see No records for only_there
not see Erase elsewhere
GET {token}/erasure
status 409
see There is nothing to erase
POST {token}/erasure
form reason=17-1-b
status 409

gateway front-bot
as support
GET {token}
see No records here for only_there
html href="{token}/erasure"
GET {token}/erasure
status 200
see Propose erasure of only_there
see No record here bears this ID.
see Linked, not counted here.
see 1 linked service will be called
see If it has a search skill
not html name="subject"

# Nobody else's search, and no filter.
as officer
GET {token}/erasure
status 404
POST {token}/erasure
form reason=17-1-b service={front-bot.upstream}
status 404
as support
POST /search
form filter=customer_id::only_there
status 303
keep filter=(/searches/\w+)
GET {filter}/erasure
status 404

# What is wrong is said beside the field, and then it goes its way.
POST {token}/erasure
form reason=nonsense service={front-bot.upstream}
status 422
see Choose the ground
not audit erasure.proposed
POST {token}/erasure
form reason=17-1-b
status 422
see Leave at least one service in.
POST {token}/erasure
form reason=17-1-b service={front-bot.upstream} note="By letter"
status 303
location /erasures/1
audit erasure.proposed erasure/1 by support
follow
see only_there
see By letter
not html href="/subjects/
as officer
GET /erasures/1
see Nothing is erased here: 1 linked service is called.
keep hash=name="hash" value="([0-9a-f]{64})"
POST /erasures/1/approve
form hash={hash} confirm="erase elsewhere"
status 303
run batch now
heard 1 {front-bot.upstream} sent
heard 1 {front-bot.upstream} accepted
heard 1 {front-bot.upstream} confirmed
audit erasure.done erasure/1
GET /erasures/1
see Done
not see only_there
as support
GET {token}
status 404
