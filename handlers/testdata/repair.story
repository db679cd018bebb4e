# Unlabelled messages of a conversation in which another bears an ID are proposed for it; an officer looks at what it would do, and confirms.
service support-bot
api support-bot
POST /v1/workspaces/w1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"hello"},"context":{"conversation_id":"talk-1"}}
status 200
POST /v1/workspaces/w1/message?version=2020-04-01
json {"input":{"text":"write to anna@mail.example"},"context":{"conversation_id":"talk-1"}}
status 200
POST /v1/workspaces/w1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_1
json {"input":{"text":"one"},"context":{"conversation_id":"talk-2"}}
status 200
POST /v1/workspaces/w1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_2
json {"input":{"text":"two"},"context":{"conversation_id":"talk-2"}}
status 200
POST /v1/workspaces/w1/message?version=2020-04-01
json {"input":{"text":"whose is this"},"context":{"conversation_id":"talk-2"}}
status 200
POST /v1/workspaces/w1/message?version=2020-04-01
json {"input":{"text":"alone"},"context":{"conversation_id":"talk-3"}}
status 200

# Support sees what can be labelled, masked, and does not label.
as support
GET /coverage
html href="/coverage/conversations?service=1&amp;day=2026-03-02"
GET /coverage/conversations
status 200
see Looked at 3 conversations with unlabelled messages
see In 2 another message bears an ID; in 1 none does.
see 1 message of this conversation bears it
see 2 IDs: not proposed.
see cust_8842
not see anna@mail.example
not see talk-1
not html name="pick"
GET /coverage/conversations?service=1&day=2026-03-01
see No conversation has an unlabelled message.

as officer
GET /coverage/conversations?service=1&day=2026-03-02
see support-bot, up to 2 March 2026
html name="pick"
keep ada=value="2\.([^"]+)"
keep one=value="5\.([^"]+)"
keep two=(?s)value="5\..*?value="5\.([^"]+)"
GET /coverage/repair
status 422
see Choose what to label
GET /coverage/repair?pick=2.{ada}
status 200
see Label 1 message in 1 conversation
see Gets the label
see an erasure that was proposed or accepted before does not cover it
not see anna@mail.example
GET /coverage/repair?pick=2.{one}
status 409
see This has moved on meanwhile
GET /coverage/repair?pick=5.{one}&pick=5.{two}
status 422

# What was confirmed is what was read.
POST /coverage/repair
form pick=2.{ada} hash=another
status 422
see Something has changed since you read it
not audit labels.repaired
GET /coverage/repair?pick=2.{ada}
keep hash=name="hash" value="([^"]+)"
POST /coverage/repair
form pick=2.{ada} hash={hash}
status 303
location /coverage/conversations
audit labels.repaired service/1 by officer
follow
see 1 message is labelled, in 1 conversation.
see Repair 1
see Take back repair 1
GET /subjects/{ada}
see 2 records

# An application finds it from now on.
api support-bot
GET /v1/workspaces/w1/logs?version=2020-04-01&filter=customer_id::cust_8842
status 200
see write to anna@mail.example

# It is taken back, and a second time there is nothing to take back.
as officer
POST /coverage/repairs/1/undo
status 303
audit labels.unrepaired service/1 by officer
follow
see Repair 1 is taken back
see Taken back
POST /coverage/repairs/1/undo
status 409

# A person chooses between two IDs; a request from before waits, and is named.
as support
POST /erasures
form subject={one} reason=17-1-b service=1
status 303
as officer
GET /coverage/repair?pick=5.{one}
see Erasure 1 waits for this ID. Its cut-off lies before this label
keep hash=name="hash" value="([^"]+)"
POST /coverage/repair
form pick=5.{one} hash={hash}
status 303
audit labels.repaired service/1 by officer
follow
see chosen among several IDs

# Support sees that there was a repair, and takes none back.
as support
GET /coverage/conversations
see Repair 2
not html /undo

# Of a restricted person not even the ID is shown.
api support-bot
POST /v1/workspaces/w1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_9
json {"input":{"text":"nine"},"context":{"conversation_id":"talk-4"}}
status 200
POST /v1/workspaces/w1/message?version=2020-04-01
json {"input":{"text":"nine again"},"context":{"conversation_id":"talk-4"}}
status 200
as officer
GET /coverage/conversations
see cust_9
POST /search
form q=cust_9
follow
keep nine=/subjects/([\w-]+)
POST /holds
form kind=restriction subject={nine} reason=18-1-a note=contested
status 303
GET /coverage/conversations
see nine again
not see cust_9
not html {nine}

# What an erasure would have taken gets its label only where somebody says that it is meant (law L9).
api support-bot
POST /v1/workspaces/w1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_7
json {"input":{"text":"seven"},"context":{"conversation_id":"talk-5"}}
status 200
POST /v1/workspaces/w1/message?version=2020-04-01
json {"input":{"text":"seven again"},"context":{"conversation_id":"talk-5"}}
status 200
DELETE /v2/user_data?customer_id=cust_7&version=2020-04-01
status 202
run batch now
POST /v1/workspaces/w1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_7
json {"input":{"text":"back"},"context":{"conversation_id":"talk-5"}}
status 200
as officer
GET /coverage/conversations
keep seven=name="pick"[^>]*value="(\d+\.[^"]+)"
GET /coverage/repair?pick={seven}
see Erasure 2 of this ID would have taken these messages
keep hash=name="hash" value="([^"]+)"
POST /coverage/repair
form pick={seven} hash={hash}
status 422
see Say that you mean it, or leave these conversations out.
not audit labels.repaired
POST /coverage/repair
form pick={seven} hash={hash} late=yes
status 303
audit labels.repaired service/1 by officer
follow
see Take back repair 3
api support-bot
DELETE /v2/user_data?customer_id=cust_7&version=2020-04-01
status 202
run batch now
as officer
GET /coverage/conversations
see Erased since
not see Take back repair 3
