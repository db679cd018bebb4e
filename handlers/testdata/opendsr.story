# A controller asks over OpenDSR: it reads what we take, files requests, hears how they stand, cancels, and fetches an answer once.
service bot
key shop desk tickets
key other desk tickets
api bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"where is my parcel"}}
status 200

api desk shop
GET /opendsr/v2/discovery
status 200
json-has supported_identities.0.identity_type "controller_customer_id"
json-has supported_subject_request_types.# 3
answer X-Opendsr-Processor-Domain: dsr.q.example
GET /opendsr/v2/certificate.pem
status 200
html BEGIN CERTIFICATE

# What is not valid is refused by the field, and never repeated.
POST /opendsr/v2/requests
json {"regulation":"gdpr","subject_request_id":"1","subject_request_type":"access","subject_identities":[{"identity_type":"email","identity_value":"anna@secret.example","identity_format":"raw"}],"submitted_time":"2026-03-02T08:00:00Z"}
status 400
json-has error.errors.0.reason "subject_request_id"
not html secret
POST /opendsr/v2/requests
json {"regulation":"gdpr","subject_request_id":"a7551968-d5d6-44b2-9831-815ac9017798","subject_request_type":"access","subject_identities":[{"identity_type":"controller_customer_id","identity_value":"cust_8842","identity_format":"raw"}],"submitted_time":"2026-03-02T08:00:00Z","api_version":"2.0"}
status 201
json-has subject_request_id "a7551968-d5d6-44b2-9831-815ac9017798"
audit ticket.opened ticket/1
GET /opendsr/v2/requests/a7551968-d5d6-44b2-9831-815ac9017798
status 200
json-has request_status "pending"
json-lacks results_url
api desk other
GET /opendsr/v2/requests/a7551968-d5d6-44b2-9831-815ac9017798
status 404
DELETE /opendsr/v2/requests/a7551968-d5d6-44b2-9831-815ac9017798
status 404

# Support prepares, and the officer's release hands it over and answers the ticket.
as support
GET /tickets/1
see OpenDSR
POST /tickets/1/access
location /tickets/1/access
as officer
POST /tickets/1/access/controller
status 409
GET /tickets/1/access
see It came over OpenDSR: the controller is told an address at once
POST /tickets/1/access/release
form without=yes
location /tickets/1/access
audit answer.released answer/1 by officer
audit answer.linked answer/1 by officer
audit answer.sent answer/1 by officer
audit ticket.answered ticket/1 by officer
follow
see Address for the controller, over OpenDSR
see Not fetched yet
not see Make it ready for the controller

# Nobody fetches it for a week: that is said, and an officer makes it ready anew.
pass 168h
api desk shop
GET /opendsr/v2/requests/a7551968-d5d6-44b2-9831-815ac9017798
json-has request_status "completed"
json-lacks results_url
html "results":"expired"
as officer again
GET /tickets/1/access
see Expired
see Make it ready for the controller
POST /tickets/1/access/controller
location /tickets/1/access
audit answer.linked answer/1 by officer

# The address gives it once.
api desk shop
GET /opendsr/v2/requests/a7551968-d5d6-44b2-9831-815ac9017798
json-has results_count 1
html "results":"ready"
keep results=/results/([A-Za-z0-9_-]{43})
GET /opendsr/v2/results/{results}
status 200
html data-message.csv
audit answer.fetched answer/1
GET /opendsr/v2/results/{results}
status 404
json-has error.code 404
GET /opendsr/v2/requests/a7551968-d5d6-44b2-9831-815ac9017798
html "results":"fetched"
as officer
GET /tickets/1/access
see Fetched

# A request is cancelled while it is pending, and not once it has begun.
api desk shop
POST /opendsr/v2/requests
json {"regulation":"ccpa","subject_request_id":"0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0ff","subject_request_type":"portability","subject_identities":[{"identity_type":"controller_customer_id","identity_value":"cust_8842","identity_format":"raw"}],"submitted_time":"2026-03-02T08:00:00Z"}
status 201
DELETE /opendsr/v2/requests/0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0ff
status 202
audit ticket.withdrawn ticket/2
DELETE /opendsr/v2/requests/0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0ff
status 202
not audit ticket.withdrawn
DELETE /opendsr/v2/requests/a7551968-d5d6-44b2-9831-815ac9017798
status 400
json-has error.message "A request can be cancelled only while it is pending; this one is completed."
