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
status 303
location /checks/1
audit log.checked check/1 by officer
follow
status 200
see The log is whole
see Everything holds
GET /audit
status 200
see Last check

# A range is checked without reading the rest.
POST /audit/verify
form from=5 to=20
status 303
follow
status 200
see These entries are as they were signed
see Entries 5 to 20
POST /audit/verify
form from=20 to=5
status 422
see This entry lies before the first one.
POST /audit/verify
form from=-1
status 422
see Write the number of an entry
GET /checks
status 200
see Check 2
see The whole trail
GET /checks/99
status 404

# An entry is proved under the newest head, on the page and as a file that others can read too.
GET /audit/3
status 200
see Proof that it stands in the log
html /audit/3/proof
GET /audit/3/proof
status 200
answer Content-Disposition: attachment; filename=quittance-entry-3.tlog-proof
see c2sp.org/tlog-proof@v1
see index 3
GET /audit/99999/proof
status 404

# A filter is saved under a name, by each for themselves, and removed again.
POST /audit/filters
form name="Searches of March" act=search.made from=2026-03-01 to=2026-03-31
status 303
location /audit?act=search.made&from=2026-03-01&to=2026-03-31
audit filter.saved by officer
GET /audit
status 200
see Searches of March
keep filter=action="(/audit/filters/[0-9]+/delete)"
POST /audit/filters
form name="" act=search.made
status 422
see Give it a name of 1 to 60 visible characters.
POST /audit/filters
form name=mine actor=rita@example.org
status 422
see Write an actor as it stands in the trail
as auditor
GET /audit
status 200
not see Searches of March
POST {filter}
status 404
as officer
POST {filter}
status 303
audit filter.removed by officer
GET /audit
status 200
not see Searches of March
as support
GET /audit
status 403
GET /audit/1
status 403
POST /audit/verify
status 403
audit permission.refused by support
