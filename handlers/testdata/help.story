# Somebody looks for a word in the help; without script, and in no address.
as auditor
GET /help
status 200
see What does it mean?
POST /help
form find=tripwire
status 200
see Tripwire
POST /help
form find=zebra-crossing
status 200
see Nothing in the help has all of these words
GET /help/cases
status 200
see In force, end asked for
