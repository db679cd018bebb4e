# How one likes to read: theme, density, time zone. The theme is kept in the browser too, for the door.
service support-bot
as auditor
GET /settings
status 200
POST /settings
form theme=dark density=compact zone=Europe/Atlantis
status 422
see Choose one of the zones in the list.
POST /settings
form theme=dark density=compact zone=Europe/Berlin
status 303
location /settings
follow
see Saved.
html data-theme="dark"
html data-density="compact"
GET /services/1
see 10:00
POST /theme
form theme=light back=/help
status 303
location /help
answer Set-Cookie: theme=light*
follow
status 200
html data-theme="light"
see Guide for support
POST /theme
form theme=auto back=https://elsewhere.example/
status 303
location /
as visitor
POST /theme
form theme=dark back=/signin
status 303
GET /signin
status 200
html data-theme="dark"
GET /help
status 303
location /signin?next=/help
