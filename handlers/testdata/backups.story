# Backups: none yet, one that can be opened, and what a receipt says of it. Support does not see them.
service support-bot
as auditor
GET /backups
status 200
see No backups yet
backup
GET /backups
status 200
see Backup 1
see Can be opened
see no copy of its key was given out
as support
GET /backups
status 403
