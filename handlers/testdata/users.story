# Accounts: made, changed, given another password, disabled and enabled; whoever loses a role loses the sessions that had it.
as admin
GET /users
status 200
see officer@q.example
GET /users/new
status 200
POST /users
form email=new name= password=short
status 422
see Give it a name.
see 12 to 1,024 characters
html value="new"
not html value="short"
POST /users
form email=new name=New role=support password="{password}"
status 422
see This is not an e-mail address.
POST /users
form email=officer@q.example name=New role=support password="{password}"
status 422
see There is a local account with this address already.
POST /users
form email=new@q.example name=New password="{password}"
status 422
see Give at least one of the roles
not audit user.added
POST /users
form email=new@q.example name=New role=support password="{password}"
status 303
location /users/5
audit user.added user/5 by admin
follow
status 200
see The account is made.

as visitor
POST /signin
form email=new@q.example password="{password}"
status 303
GET /search
status 200
as admin
POST /users/5
form name= role=support
status 422
see Give it a name.
POST /users/5
form name=New
status 422
see Give at least one of the roles
POST /users/5
form name=New role=auditor
status 303
audit user.changed user/5 by admin
as visitor
GET /audit
status 303
location /signin?next=/audit
POST /signin
form email=new@q.example password="{password}" next=/audit
status 303
location /audit
follow
status 200

as admin
POST /users/5/password
form password=short
status 422
see 12 to 1,024 characters
POST /users/5/password
form password="another long password"
status 303
audit user.password user/5 by admin
as visitor
GET /
status 303
POST /signin
form email=new@q.example password="{password}"
status 401
POST /signin
form email=new@q.example password="another long password"
status 303

as admin
POST /users/5/disable
status 303
audit user.disabled user/5 by admin
GET /users/5
status 200
see Disabled
POST /users/5/disable
status 409
as visitor
GET /
status 303
POST /signin
form email=new@q.example password="another long password"
status 403
see This account is disabled
not audit signin.ok
as admin
POST /users/5/enable
status 303
audit user.changed user/5 by admin
as visitor
POST /signin
form email=new@q.example password="another long password"
status 303

# Nobody does it to themselves, the last administrator stays one, and nobody else may.
as admin
POST /users/4/disable
status 403
see Another administrator has to do this
POST /users/4
form name=Ada role=support
status 303
GET /users
status 200
see Ada
POST /users/99/disable
status 404
GET /users/99
status 404
as officer
GET /users
status 403
GET /users/1
status 403
POST /users
form email=mine@q.example name=Mine role=admin password="{password}"
status 403
not audit user.added
POST /users/1/password
form password="another long password"
status 403
not audit user.password
