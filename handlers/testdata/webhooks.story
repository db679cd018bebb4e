# An administrator has an address called when something waits or went wrong; its secret is shown once, and what is sent is signed with it.
shop good 204
shop busy 503
shop done 410
as officer
GET /webhooks
status 403
as admin
GET /services
see Webhooks
GET /webhooks
status 200
see Nothing is called
see No mail is sent
POST /webhooks
form url=ftp://elsewhere.example/hook wants=waiting
status 422
see It must begin with https://
html value="ftp://elsewhere.example/hook"
POST /webhooks
form url=http://169.254.169.254/latest wants=waiting
status 422
see It is one that no service has
not audit webhook.added
POST /webhooks
form url={good.url}/?token=planted-hook-secret
status 422
see Choose at least one thing to be told of.
POST /webhooks
form url={good.url}/?token=planted-hook-secret wants=waiting wants=drill wants=nonsense
status 200
see This secret is shown this once.
html whsec_
see what waits for somebody and drills
not see planted-hook-secret
audit webhook.added webhook/1 by admin
GET /webhooks
not html whsec_
see In use
POST /webhooks/1/test
status 200
see The test was taken.
POST /webhooks
form url={busy.url} wants=alarm
status 200
POST /webhooks/2/test
status 200
see The test was not taken: it answers with status 503.
POST /webhooks/1/remove
status 303
location /webhooks
audit webhook.removed webhook/1 by admin
follow
see The webhook is removed
POST /webhooks/1/test
status 404
POST /webhooks/1/remove
status 404
# Ten minutes later the administrator has to prove again who they are, and what was typed is not lost.
pass 10m
POST /webhooks
form url={good.url} wants=due
status 401
see add a webhook
html value="due"
POST /webhooks
form url={good.url} wants=due step-up=wrong
status 401
POST /webhooks
form url={good.url} wants=due step-up="{password}"
status 200
see This secret is shown this once.
# What a person is told by mail is their own choice, and only what their roles let them do anything about is offered.
as officer
GET /settings
see What waits for me
see No mail is sent
POST /settings
form theme=auto density=normal zone=UTC mail=waiting mail=due
status 303
audit user.changed user/2 by officer
follow
html data-keyless
html value="waiting" checked
POST /settings
form theme=auto density=normal zone=UTC mail=waiting keys=on
status 303
follow
not html data-keyless
as auditor
GET /settings
not see What waits for me
see Other alarms
