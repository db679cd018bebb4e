# The audit trail: what happened, who did it, to what; filtered by each of these and by day; and it can be checked.
service support-bot
as support
POST /search
form q=cust_8842
as officer
GET /audit
status 200
see A customer ID was searched for
see Support Person
not see cust_8842
GET /audit?act=search.made
status 200
see Support Person
not see service/1
GET /audit?actor=user%2F1
status 200
see Support Person
GET /audit?actor=operator&act=service.added
status 200
see service/1
GET /audit?object=service%2F1
status 200
see service/1
not see access/
GET /audit?from=2026-03-02&to=2026-03-02
status 200
see Support Person
GET /audit?from=2026-03-03
status 200
see Nothing in the audit trail matches this filter.

# What cannot be read is said beside its field.
GET /audit?actor=rita@example.org
status 422
see Write an actor as it stands in the trail
GET /audit?object=rita
status 422
see Write an object as it stands in the trail
GET /audit?from=soon
status 422
see Write a day as year, month and day
GET /audit?from=2026-03-02&to=2026-03-01
status 422
see This day lies before the first one.

# The first entry is the making of the log itself; each entry leads to those beside it.
GET /audit/0
status 200
see log.created
html /audit/1
GET /audit/1
status 200
html /audit/0
html /audit/2
GET /audit/99999
status 404
GET /audit/x
status 404

# Fifty entries to a page.
as support
POST /search
form q=cust_8842
times 60
as officer
GET /audit
status 200
keep older=href="([^"]*before=[^"]*)" rel="next"
not html rel="prev"
GET {older}
status 200
keep newer=href="([^"]*after=[^"]*)" rel="prev"
GET {newer}
status 200
not html rel="prev"

# Verify reads all of it and checks the signed head.
POST /audit/verify
status 200
see The log is whole
as support
GET /audit
status 403
GET /audit/1
status 403
POST /audit/verify
status 403
audit permission.refused by support
