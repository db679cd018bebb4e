# Training images of Visual Recognition: sent as IBM's clients send them, found by customer ID, seen behind a purpose for 60 seconds, erased with
# everything else.
service photos visual-recognition
api photos
POST /v3/classifiers?version=2018-03-19
header X-Watson-Metadata: customer_id=%E5%AE%A2_x
part name=Dogs of rita@example.org
album negative_examples neg.zip 10
album beagle_positive_examples _ 12
status 200
json-has status "ready"
json-has classes.0.class "beagle"
keep classifier="classifier_id":"([0-9a-f-]{36})"
audit records.ingested service/{photos.number}
POST /v3/classifiers/{classifier}?version=2018-03-19
album poodle_positive_examples _ 10
status 200
json-has classes.# 2
GET /v3/classifiers/{classifier}?version=2018-03-19
status 200
json-has name "Dogs of rita@example.org"
GET /v3/classifiers?version=2018-03-19&verbose=true
status 200
json-has classifiers.# 1
GET /v3/classify?version=2018-03-19
status 501
POST /v3/classify?version=2018-03-19
picture images_file a.png
status 501
json-has error.code 501
POST /v4/analyze?version=2019-02-11
picture images_file a.png
status 501
json-has errors.0.code "server_error"

POST /v4/collections?version=2019-02-11
header X-Watson-Metadata: customer_id=abc
json {"name":"claims","description":"Claims of our customers"}
status 200
json-has training_status.objects.ready false
keep collection="collection_id":"([0-9a-f-]{36})"
POST /v4/collections/{collection}?version=2019-02-11
json {"description":"Claims"}
status 200
POST /v4/collections/{collection}/images?version=2019-02-11
picture images_file rita@example.org.png
part image_url=https://example.org/a.png
status 200
json-has images.# 2
json-has images.0.dimensions {"height":6,"width":8}
json-has images.1.errors.0.target.name "image_url"
keep image="image_id":"([0-9a-f-]{36})"
audit records.ingested service/{photos.number}
POST /v4/collections/{collection}/images/{image}/training_data?version=2019-02-11
json {"objects":[{"object":"dent","location":{"top":1,"left":1,"width":2,"height":2}}]}
status 200
GET /v4/collections/{collection}/images?version=2019-02-11
status 200
json-has images.# 1
GET /v4/collections/{collection}/images/{image}?version=2019-02-11
status 200
json-has training_data.objects.0.object "dent"
GET /v4/collections/{collection}/images/{image}/jpeg?version=2019-02-11
status 200
answer Content-Type: image/jpeg
answer Cache-Control: no-store
POST /v4/collections/{collection}/train?version=2019-02-11
status 202
json-has training_status.objects.ready true
GET /v4/collections/{collection}?version=2019-02-11
status 200
json-has image_count 1
GET /v4/collections?version=2019-02-11
status 200
json-has collections.# 1

# The console finds them, and hides what they show and what they are called.
as support
POST /search
form q=客_x
follow
see Image
see picture, class beagle,
see picture, negative example,
see Classifier
not see rita@example.org
POST /search
form q=abc
follow
see Collection
see picture,
GET /records/37
status 200
see Picture, masked
see masked picture
see Watson API, Visual Recognition v4
see Dimensions 8 × 6 pixels
see File name
see Collection
not see Assistant
not see Language
not html rita@example.org
not html <img
GET /records/37/picture
status 404
POST /records/37/reveal
form purpose=incident
status 200
see Picture, in clear
see rita@example.org
html src="/records/37/picture"
audit record.revealed by support
GET /records/37/picture
status 200
answer Content-Type: image/png
answer Cache-Control: no-store
answer X-Content-Type-Options: nosniff
not audit record.revealed
# another session of the same person, and another person, see nothing of it
as support elsewhere
GET /records/37/picture
status 404
as officer
GET /records/37/picture
status 404
as auditor
GET /records/37/picture
status 403
# nor does anybody after a minute
pass 61s
as support
GET /records/37/picture
status 404
# what is no picture has none
GET /records/1
see Came in by Watson API, Visual Recognition v3
see masked name
not see Session
POST /records/1/reveal
form purpose=incident
status 200
GET /records/1/picture
status 404

# Deleting by customer ID takes all of it, through whichever version it came.
api photos
DELETE /v4/user_data?version=2019-02-11&customer_id=%E5%AE%A2_x
status 202
DELETE /v3/user_data?version=2018-03-19&customer_id=abc
status 202
pass 16m
run batch
audit erasure.done erasure/1 by system
api photos
GET /v3/classifiers/{classifier}?version=2018-03-19
status 404
GET /v4/collections?version=2019-02-11
status 200
json-is {"collections":[]}
as support again
GET /records/37
status 404

# An application deletes what it sent itself.
api photos
POST /v4/collections?version=2019-02-11
json {}
keep collection="collection_id":"([0-9a-f-]{36})"
POST /v4/collections/{collection}/images?version=2019-02-11
picture images_file a.png
keep image="image_id":"([0-9a-f-]{36})"
DELETE /v4/collections/{collection}/images/{image}?version=2019-02-11
status 200
json-is {}
audit records.removed service/{photos.number} by key photos
DELETE /v4/collections/{collection}?version=2019-02-11
status 200
POST /v3/classifiers?version=2018-03-19
part name=Dogs
album a_positive_examples _ 10
keep classifier="classifier_id":"([0-9a-f-]{36})"
DELETE /v3/classifiers/{classifier}?version=2018-03-19
status 200
json-is {}
