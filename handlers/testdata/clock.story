# Somebody from support with a caller on the line tries a date: what each law says, and why.
as support
GET /clock
status 200
see Legal clock
see Not legal advice
not see Under each law
GET /clock?received=2026-03-05&country=DE
status 200
see Under each law
see Germany, Bavaria
see on the calendar of the United Kingdom
see 7 Apr 2026
see 19 Apr 2026
see One month of receipt (Art. 12(3) GDPR): 5 Apr 2026.
see 5 Apr 2026 is Easter Sunday
GET /clock?received=2026-06-01&country=DE&asked=2026-06-10&answered=2026-06-17
status 200
see The last day, if pauses count otherwise
see 8 Jul 2026
see Stood still from 10 Jun 2026 to 17 Jun 2026
GET /clock?received=2026-01-31&country=DE&extended=yes
status 200
see Extension, from 2 Mar 2026
see 30 Apr 2026
GET /clock?received=31.01.2026&country=Germany&asked=x
status 422
see Give a date of the years 1900 to 2199.
see Choose a country of the list.
GET /clock?received=2026-06-01&country=DE&asked=2026-05-01
status 422
see A pause begins on the day of receipt or later
as auditor
GET /clock?received=2026-03-05&country=PT
status 200
see Weekends only: no holiday table for PT.
