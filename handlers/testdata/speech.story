# Speech passes through to the instance behind the service. What was heard, and what was to be said, is kept under its label and masked.
gateway ears speech-to-text
gateway mouth text-to-speech
service deaf speech-to-text
service dumb text-to-speech

api ears
POST /v1/recognize?model=en-GB_Telephony
header X-Watson-Metadata: customer_id=abc
header Content-Type: audio/wav
body RIFF
status 200
json-has results.0.final true
audit records.ingested
api mouth
POST /v1/synthesize?voice=en-GB_KateV3Voice
header X-Watson-Metadata: customer_id=abc
json {"text":"Your parcel is on its way to rita@example.org"}
status 200
answer Content-Type: audio/ogg
html OggS
audit records.answered
GET /v1/synthesize?text=hello
header X-Watson-Metadata: customer_id=abc
header X-Watson-Learning-Opt-Out: true
status 200
not audit records.ingested

as support
POST /search
form q=abc
follow
see Transcript
see Synthesis
GET /records/1
status 200
see Watson API, Speech to Text
see en-GB_Telephony
see Passed through, not kept
see masked phone
not see 901820
GET /records/2
status 200
see Watson API, Text to Speech
see en-GB_KateV3Voice
see masked email
not see rita@example.org

# The deletion of the documents takes them.
api ears
DELETE /v1/user_data?customer_id=abc
status 200
run batch now
as support
POST /search
form q=abc
follow
not see Transcript
see Synthesis

as admin
GET /services/{ears.number}
status 200
see Passes on to
see Have labelled audio understood
GET /services/{deaf.number}
not see Have labelled audio understood

# What is not passed on says so.
api deaf
POST /v1/recognize
body RIFF
status 501
see -upstream
GET /v1/recognize
status 501
see WebSocket
POST /v1/register_callback
status 501
see linked service
POST /v1/recognitions
status 501
GET /v1/recognitions
status 501
GET /v1/recognitions/1
status 501
DELETE /v1/recognitions/1
status 501
POST /v1/customizations/c/corpora/a
status 501
POST /v1/customizations/c/words
status 501
PUT /v1/customizations/c/words/w
status 501
POST /v1/customizations/c/grammars/g
status 501
POST /v1/acoustic_customizations/c/audio/a
status 501
api dumb
POST /v1/synthesize
json {"text":"x"}
status 501
POST /v1/customizations/c
status 501
