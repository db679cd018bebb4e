# The nightly drill: everybody can read how it came out, officers and administrators can start one. What it made up stands in no list.
as officer
GET /drills
status 200
see No drill has run yet
see Start a drill
POST /drills
status 303
audit drill.passed drill/1
follow
see Drill 1
see Passed
see All files of the data directory
as auditor
GET /drills
status 200
see Drill 1
not see Start a drill
GET /
status 200
see Drill 1
