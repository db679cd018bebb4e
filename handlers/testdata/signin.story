# The door: who is let in, who is not, and what is said.
person gone@q.example support
as visitor
GET /
status 303
location /signin
GET /erasures
location /signin?next=/erasures
follow
status 200
html value="/erasures"
POST /signin
form email=support@q.example password=wrong next=/erasures
status 401
see The e-mail address or the password is wrong.
html value="support@q.example"
not html value="wrong"
audit signin.failed by visitor
POST /signin
form email=nobody@q.example password=wrong
status 401
see The e-mail address or the password is wrong.
POST /signin
form email=support@q.example password="{password}" next=/erasures
status 303
location /erasures
audit signin.ok by support
follow
status 200
GET /signin
status 303
location /
POST /signout
status 303
location /signin?state=signed-out
audit signin.out by support
follow
status 200
see You have signed out.
GET /erasures
status 303
# It leads on to pages of this house only.
POST /signin
form email=support@q.example password="{password}" next=https://elsewhere.example/
status 303
location /

# An account that was disabled says so to who knows its password, and to nobody else.
as admin
POST /users/5/disable
status 303
as visitor elsewhere
POST /signin
form email=gone@q.example password="{password}"
status 403
see This account is disabled
POST /signin
form email=gone@q.example password=wrong
status 401

# Five tries a minute for one account; a minute later there is another.
POST /signin
form email=officer@q.example password=wrong
times 5
status 401
POST /signin
form email=officer@q.example password="{password}"
status 429
see too many attempts
answer Retry-After: *
not audit signin.ok
pass 1m
POST /signin
form email=officer@q.example password="{password}"
status 303
audit signin.ok by officer

# Without a provider its doors say that there is none.
as visitor elsewhere
GET /signin/oidc
status 502
GET /signin/callback?state=x&code=y
status 502
POST /signin/backchannel
form logout_token=x
status 400

# A form from another site is not ours.
as officer
POST /signout
header Sec-Fetch-Site: cross-site
header Origin: https://elsewhere.example
status 403
see was not sent from a page of Quittance
GET /
status 200
# Behind the doors of the house there is nothing more.
GET /nothing/here
status 404
