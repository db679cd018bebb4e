# What a service is taught from is checked for personal data, and handed back without it. Nothing of it is kept.
service support-bot
as support
GET /services
see Check training data
GET /training-check
status 200
see Why this cannot be erased by ID
see Cleaned file
POST /training-check
form act=check
status 400
POST /training-check
part act=check
status 422
see Choose a file.
POST /training-check
text file a.json {"text":
part act=check
status 422
see The file is not one well-formed JSON value (byte 8).
not audit training.checked
POST /training-check
text file anna@x.de.json {"intents":[{"intent":"refund","examples":[{"text":"my name is Anna Schmidt, mail anna@x.de"},{"text":"I have diabetes"}]}],"more":1.50}
part health=yes
part act=check
status 200
see 3 finds in
see intent “refund”, example 1
see masked name
see masked email
see masked health
not see Anna
not html anna@x.de
not see diabetes
audit training.checked by support
POST /training-check
text file anna@x.de.json {"intents":[{"intent":"refund","examples":[{"text":"my name is Anna Schmidt, mail anna@x.de"},{"text":"I have diabetes"}]}],"more":1.50}
part act=clean
status 200
answer Content-Type: application/json
answer Content-Disposition: attachment; filename=cleaned-skill.json
json-is {"intents":[{"intent":"refund","examples":[{"text":"my name is [name], mail [email]"},{"text":"I have diabetes"}]}],"more":1.50}
audit training.cleaned by support
POST /training-check
text file a.csv call 0049 30 12345678,call
part act=clean
status 200
answer Content-Type: text/csv*
see call [phone],call
as admin
GET /training-check
status 200
as auditor
GET /services
not see Check training data
GET /training-check
status 403
