# A Discovery service: letters of two people are added, asked for, looked at by an officer, and erased with the questions about them.
service library discovery

api library
POST /v1/environments/e1/collections/c1/documents?version=2019-04-30
header X-Watson-Metadata: customer_id=cust_8842
part file=My parcel from Leipzig never arrived
part metadata={"author":"A. Person"}
status 202
json-has document_id
keep document="document_id":"([^"]+)"
GET /v1/environments/e1/collections/c1/documents/{document}?version=2019-04-30
status 200
json-has document_id "{document}"
POST /v1/environments/e1/collections/c1/documents/letter-2?version=2019-04-30
part file=The invoice for the bicycle is wrong
part metadata={"customer_id":"cust_9000"}
status 202
GET /v1/environments/e1/collections/c1?version=2019-04-30
status 200

# What was asked is kept with its label, in v1; the same questions by GET, and over the whole environment.
POST /v1/environments/e1/collections/c1/query?version=2019-04-30
header X-Watson-Metadata: customer_id=cust_8842
json {"natural_language_query":"parcel Leipzig","count":3}
status 200
json-has matching_results 1
json-has session_token
keep token="session_token":"([^"]+)"
GET /v1/environments/e1/collections/c1/query?version=2019-04-30&query=bicycle
status 200
json-has matching_results 1
POST /v1/environments/e1/query?version=2019-04-30
json {"natural_language_query":"bicycle","collection_ids":"c1"}
status 200
json-has matching_results 1
GET /v1/environments/e1/query?version=2019-04-30&query=bicycle&collection_ids=c1
status 200
POST /v1/events?version=2019-04-30
json {"type":"click","data":{"environment_id":"e1","session_token":"{token}","collection_id":"c1","document_id":"{document}"}}
status 201
GET /v1/logs?version=2019-04-30
status 200
json-has matching_results

# v2 keeps documents in projects and does not log what is asked.
POST /v2/projects/p1/collections/c2/documents?version=2020-08-30
part file=A letter of the second version
status 202
POST /v2/projects/p1/collections/c2/documents/d2?version=2020-08-30
part file=Another letter of the second version
status 202
GET /v2/projects/p1/collections/c2/documents?version=2020-08-30
status 200
json-has documents.# 2
GET /v2/projects/p1/collections/c2/documents/d2?version=2020-08-30
status 200
POST /v2/projects/p1/query?version=2020-08-30
json {"natural_language_query":"second version","count":3}
status 200
json-has matching_results 2
DELETE /v2/projects/p1/collections/c2/documents/d2?version=2020-08-30
status 200
audit records.removed service/{library.number} by key library
DELETE /v1/environments/e1/collections/c1/documents/letter-2?version=2019-04-30
status 200

# An officer sees the letter and the question, masked; after the deletion neither is there.
as officer
POST /search
form q=cust_8842
follow
status 200
see Document
see Query
api library
DELETE /v1/user_data?customer_id=cust_8842&version=2019-04-30
status 200
run batch now
GET /v1/environments/e1/collections/c1/documents/{document}?version=2019-04-30
status 404
as officer again
POST /search
form q=cust_8842
follow
status 200
see No records
