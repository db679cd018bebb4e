# An administrator links a processor that speaks OpenDSR: the test of the connection shows its certificate, and keeps nothing.
processor acme
as admin
GET /services/new
see Or link one that lies elsewhere
see OpenDSR processor
GET /services/new?link=opendsr
status 200
see Fingerprint of the certificate
GET /services/new?link=nothing
status 404
POST /services/test
form link=opendsr name= url={acme.url} regulation=gdpr headers="Authorization: Bearer planted" inside=yes
status 200
see What the test found
see It takes erasures by our customer IDs.
see {acme.fingerprint}
see No authority that this machine trusts vouches for it.
see without TLS
see Nothing was saved.
not audit service.added
POST /services/test
form link=opendsr name=Acme url={acme.url} regulation=gdpr
status 200
see The address begins with https://
POST /services
form link=opendsr name= url={acme.url} regulation=gdpr inside=yes
status 422
see Give it a name.
POST /services
form link=opendsr name=Acme url={acme.url} regulation=moon inside=yes
status 422
see Choose under which law
POST /services
form link=opendsr name=Acme url={acme.url} regulation=gdpr inside=yes
status 422
see 64 hexadecimal digits
not audit service.added
POST /services
form link=opendsr name=Acme url={acme.url} regulation=gdpr inside=yes fingerprint={acme.fingerprint} headers="Authorization: Bearer planted"
status 303
location /services/1
audit service.added service/1 by admin
follow
see Requests under
not html planted
POST /services/1/test
form url={acme.url} regulation=gdpr inside=yes fingerprint={acme.fingerprint}
status 200
see It is the one that you confirmed.
not html planted
POST /services/1/test
form url=http://127.0.0.2:1/v2 regulation=gdpr inside=yes fingerprint={acme.fingerprint}
status 200
see Another host gets no credential
not see What the test found

# An erasure that reaches it: what it says counts only signed, and its word is not a confirmation.
service support-bot
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_7
json {"input":{"text":"hello"}}
status 200
as support
POST /search
form q=cust_7
follow
keep subject=/subjects/([\w-]+)
POST /erasures
form subject={subject} reason=17-1-b service={support-bot.number} service=1
status 303
location /erasures/1
as officer
GET /erasures/1
keep hash=name="hash" value="([0-9a-f]{64})"
POST /erasures/1/approve
form hash={hash} confirm="erase 1 record"
status 303
run batch now
heard 1 1 sent
told 1 1 acme completed forged
status 403
not audit part.stated
huge 1 1
status 413
heard 1 1 accepted
told 1 1 acme in_progress
status 200
not audit part.stated
told 1 1 acme completed
status 200
audit part.stated erasure/1
audit erasure.done erasure/1
told 1 1 acme completed
status 200
not audit part.stated
GET /erasures/1
see The processor states, signed, that it has completed the request. Nobody here has looked.
see nobody has confirmed it
GET /erasures/1/receipt
see The processor states, signed
GET /services/1
see Last call that went well
as visitor
POST /opendsr/callbacks/nobody
status 404

# A plain call: what is wrong is said beside the field, and a change needs the secret anew where it goes to another host.
shop till 404
as admin
POST /services
form link=http name=Till url={till.url}/x method=GET inside=yes
status 422
see nothing is erased by GET
POST /services
form link=http name=Till url={till.url}/x method=DELETE inside=yes
status 422
see where the customer ID goes
POST /services
form link=http name=Till url={till.url}/{place} method=DELETE inside=yes accepted=99
status 422
see between 200 and 599
POST /services
form link=http name=Till url={till.url}/{place} method=DELETE inside=yes headers="Host: evil"
status 422
see belong to the connection
POST /services
form link=http name=Till url={till.url}/{place} method=DELETE inside=yes headers="X-Key: planted" look={till.url}/look/{place}
status 303
location /services/3
GET /services/3
see It is asked whether anything is left
POST /services/3/link
form url=http://127.0.0.2:1/{place} method=DELETE inside=yes
status 422
see Another host gets no credential
POST /services/3/link
form url={till.url}/v2/{place} method=POST inside=yes test_url={till.url}/health
status 303
audit service.changed service/3 by admin
POST /services/3/test
form url={till.url}/v2/{place} method=POST inside=yes test_url={till.url}/health
status 200
see It answers with status 404.
see Whether the call erases: that would be one.
POST /services/3/remove
status 422
see Type the words exactly
POST /services/3/remove
form confirm="remove link"
status 303
audit service.removed service/3 by admin
POST /services/3/link
form url={till.url}/{place} method=DELETE inside=yes
status 409

# A Watson instance, and a gateway before one.
POST /services
form link=discovery name=Letters url=https://api.eu-de.discovery.watson.cloud.ibm.com/instances/1
status 422
see Give the API key of that instance.
POST /services
form link=discovery name=Letters url=https://api.eu-de.discovery.watson.cloud.ibm.com/instances/1 credential=planted
status 303
POST /services
form link=gateway-assistant name=Front url=https://api.eu-de.assistant.watson.cloud.ibm.com/instances/1 credential=planted
status 303
audit service.added
GET /services
see Front (upstream)
see Not called yet.
