# One's own sessions: where one is signed in, and ending the one at the library.
as support elsewhere
GET /
status 200
as support
GET /sessions
status 200
see This one, now
html /sessions/1/end
html /sessions/2/end
POST /sessions/1/end
status 303
location /sessions
audit session.ended session/1 by support
follow
see The session is ended.
not html /sessions/1/end
as support elsewhere
GET /
status 303
location /signin
as support
POST /sessions/1/end
status 404

# Somebody else's does not exist for me; an administrator can end it.
as officer
POST /sessions/2/end
status 404
not audit session.ended
as admin
POST /sessions/2/end
status 303
location /users/1
audit session.ended session/2 by admin
as support
GET /
status 303
location /signin

# A quarter of an hour without a request ends a session, and eight hours end any.
as officer
GET /
status 200
pass 16m
GET /
status 303
location /signin

# What was typed when the session ended is kept, offered, and discarded when it is not wanted.
as admin again
GET /users/new
status 200
pass 16m
POST /users
form email=late@q.example name=Late role=support
status 303
location /signin?next=/drafts/1&state=kept
POST /signin
form email=admin@q.example password="{password}" next=/drafts/1
status 303
location /drafts/1
follow
status 200
see late@q.example
POST /drafts/1/discard
status 303
location /
GET /drafts/1
status 404
