# A program files the requests of persons with a key of the desk, which opens no instance, and asks how they stand.
service bot
key web desk tickets
key other desk tickets

api bot web
GET /v1/logs?version=2020-04-01
status 404

api desk bot
POST /api/tickets
json {"right":"access","regime":"eu-gdpr","region":"eu"}
status 403
json-has error "The key lacks the scope tickets."

api desk web
POST /api/tickets
header Idempotency-Key: "form-17"
json {"right":"access","regime":"eu-gdpr","region":"eu","country":"DE","received":"2026-03-02","customer_ids":["anna"],"person":{"name":"Anna Berg","contact":"anna@mail.example"},"agent":{"name":"B. Roth","relation":"solicitor"},"note":"came by the form"}
status 201
answer Location: /api/tickets/1
json-has number 1
json-has state "open"
json-has due_date "2026-04-02"
json-has due "2026-04-02T21:59:59Z"
audit ticket.opened ticket/1

# The same one again is the same ticket; another one under its name is refused.
POST /api/tickets
header Idempotency-Key: "form-17"
json {"right":"access","regime":"eu-gdpr","region":"eu","country":"DE","received":"2026-03-02","customer_ids":["anna"],"person":{"name":"Anna Berg","contact":"anna@mail.example"},"agent":{"name":"B. Roth","relation":"solicitor"},"note":"came by the form"}
status 201
json-has number 1
not audit ticket.opened

POST /api/tickets
header Idempotency-Key: form-17
json {"right":"erasure","regime":"eu-gdpr","region":"eu"}
status 422
json-has field "Idempotency-Key"

# What cannot be read is refused by the field, and never repeated.
POST /api/tickets
json {"right":"access","regime":"eu-gdpr","region":"eu","customer_ids":["good","secret of mine\n"]}
status 400
json-has field "customer_ids[1]"
not html secret

POST /api/tickets
json {"right":"access","regime":"eu-gdpr","region":"eu","colour":"secret"}
status 400
not html secret

POST /api/tickets
body {"right":"access","regime":"eu-gdpr","region":"eu"}
status 415

GET /api/tickets/1
status 200
json-has right "access"
json-lacks person

# Another key has not filed it.
api desk other
GET /api/tickets/1
status 404

as support
GET /tickets/1
status 200
see Anna Berg
see B. Roth
see came by the form
POST /tickets/1/withdraw
status 303

api desk web
GET /api/tickets/1
status 200
json-has state "withdrawn"
json-has due null
