# Tickets by right, outcome and month, the yearly metrics of the CCPA, and both as files.
as support
GET /statistics/tickets
status 403
GET /statistics/ccpa
status 403
as auditor
GET /statistics/tickets
status 200
see No ticket was received or closed in this period
not see Open now
GET /statistics/tickets?show=months
see No ticket was received or closed in this period
GET /statistics/ccpa
see CCPA metrics of 2025
see No request under the CCPA in 2025

# Six requests: one answered late, one refused in time, one of whom nobody knows who it is, one withdrawn, one that came twice, and one that is open.
as support
POST /tickets
form right=access regime=eu-gdpr region=eu country=DE channel=mail received=2026-01-10 ids=cust_1
location /tickets/1
POST /tickets
form right=erasure regime=ccpa region=non-eu country=US channel=web received=2026-01-20 ids=cust_2
location /tickets/2
POST /tickets
form right=erasure regime=ccpa region=non-eu country=US channel=web received=2025-12-31 ids=cust_3
location /tickets/3
POST /tickets
form right=rectification regime=eu-gdpr region=eu country=DE channel=mail received=2026-02-27 ids=cust_4
location /tickets/4
POST /tickets
form right=rectification regime=eu-gdpr region=eu country=DE channel=phone received=2026-02-28 ids=cust_4 anyway=yes
location /tickets/5
POST /tickets
form right=objection regime=ccpa region=non-eu country=US channel=post received=2026-03-01 ids=cust_6
location /tickets/6
POST /tickets/3/ask
form why=identity
status 303
POST /tickets/3/abandon
status 303
POST /tickets/5/merge
form into=4
status 303
POST /tickets/4/withdraw
status 303
as officer
POST /tickets/1/answer
status 303
POST /tickets/2/refuse
form reason=12-2 explanation="we do not know you" complaint=yes remedy=yes authority="CPPA"
status 303
audit ticket.refused ticket/2 by officer

as auditor
GET /statistics/tickets
status 200
see Received or closed from 1 April 2025 to 2 March 2026
see Access Art. 15 1 1 0 0 0 0 0 0
see Rectification Art. 16 1 0 0 0 1 0 0 0
see Erasure Art. 17 2 0 0 1 0 1 0 0
see Objection Art. 21 1 0 0 0 0 0 0 1
see Not counted: 1 duplicate that was merged into another ticket.
see Access Art. 15 1 0 1 0 0 51 51 51 51
see Erasure Art. 17 1 1 0 0 0 41 41 41 41
see All 2 1 1 0 0 46 46 51 51
see We show that we cannot identify the person 1
see Objection Art. 21 1 0 0 0 0 1 0
not see cust_
GET /statistics/tickets?show=months
see Access 1 received, 1 closed
see Rectification 1 received, 1 closed
see March 2026 1 4 2 1 1 46 46 51 51
see Jan 26 1 / 0 – 1 / 0 –
GET /statistics/tickets?from=2026-01-01&to=2026-01-31&regime=ccpa
see Erasure Art. 17 1 0 0 1 0 0 0 0
see Nothing was answered
not see Access Art. 15
not see Rectification Art. 16
GET /statistics/tickets?right=objection&from=2026-02-01
see Objection Art. 21 1 0 0 0 0 0 0 1
not see Erasure Art. 17 1

# A period that is none, and one that is too long for the months.
GET /statistics/tickets?from=2026-03-01&to=2026-02-01
status 422
see This day lies before the first one.
GET /statistics/tickets?from=yesterday
status 422
see Write a day as year, month and day
GET /statistics/tickets?show=months&from=2020-01-01
status 422
see At most 24 months are shown at once
GET /statistics/tickets?from=2020-01-01
status 200
see Erasure Art. 17 2 0 0 1

# The calendar year of the CCPA: who did not say who they are is no denial, and other rights are said apart.
GET /statistics/ccpa
see CCPA metrics of 2025
see Delete §7102(a)(1)(A), (F) 1 0
see median or mean number of days within which the business substantively responded
GET /statistics/ccpa?year=2026
see Delete §7102(a)(1)(A), (F) 1 0 0 in part 1 1 not verifiable 0 0 0 0 41 41
see in no line above: Objection 1.
GET /statistics/ccpa?year=2026%27
see CCPA metrics of 2025

# The files are written down before they leave, and hold nothing of a person.
POST /exports
form what=tickets format=csv from=2025-04-01 to=2026-03-02 regime= right=
status 200
audit export.made export/1 by auditor
answer Content-Type: text/csv; charset=utf-8
answer Content-Disposition: attachment; filename=quittance-tickets-2026-03-02.csv
see counted_by,month,regime,right,outcome,ground,done,tickets,in_time,late,extended,median_days,mean_days,longest_days
see received,2025-12,ccpa,erasure,unverified,,,1,,,,,,
see received,2026-01,eu-gdpr,access,fulfilled,,,1,0,1,0,51,51,51
see received,2026-03,ccpa,objection,open,,,1,,,,,,
see closed,2026-03,ccpa,erasure,refused,12-2,,1,1,0,0,41,41,41
not see merged
not see cust_
POST /exports
form what=tickets format=csv from= to= regime=ccpa right=erasure
status 200
not see access
POST /exports
form what=tickets format=csv regime=ccpa right=beer
status 422
see Choose a law and a right of the lists.
POST /exports
form what=ccpa format=csv from=2026-01-01 to=2026-12-31
status 200
audit export.made export/3 by auditor
see year,requests_to,received,complied,complied_in_part,denied,denied_not_verifiable,withdrawn,unverified,abandoned,open,median_days,mean_days,source
see 2026,delete,1,0,0,1,1,0,0,0,0,41,41,"11 CCR §7102(a)(1)(A), (F)"
see 2026,know,0,0,0,0,0,0,0,0,0,,,"11 CCR §7102(a)(1)(C), (F)"
not see 2025
POST /exports
form what=ccpa format=json
status 200
see "requests_to":"delete","source"
GET /exports
see CCPA metrics
see Tickets by month
as support
POST /exports
form what=tickets format=csv
status 403

# What was done stands beside the outcome, where a right can be answered in more than one way.
as auditor
GET /statistics/tickets
see Nothing of this kind was answered
as officer
POST /tickets/6/answer
form outcome=21-3
location /tickets/6
as auditor
GET /statistics/tickets
see It is used for direct marketing no longer Objection, Art. 21(3) 1
POST /exports
form what=tickets format=csv from=2026-01-01 to=2026-12-31
status 200
see ,objection,fulfilled,,21-3,1,
POST /exports
form what=tickets format=json
status 200
see "done":"21-3"
