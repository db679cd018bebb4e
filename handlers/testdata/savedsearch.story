# Filters of the search are kept under a name, for oneself or for all who may search; none names a person.
person other@q.example support
service support-bot
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"I ordered two"}}
status 200

as support
POST /search
form filter=request.input.text:"zebraword"
status 303
keep search=(/searches/[\w-]+)
follow
see Save this filter
POST {search}/save
form name=
status 422
see Give it a name of 1 to 60 visible characters.
not audit filter.saved
POST {search}/save
form name="Zebra stripes, and whatever else has black and white stripes of some kind" shared=yes
status 422
html value="Zebra stripes, and whatever else has black and white stripes of some kind"
html name="shared" value="yes" checked
POST {search}/save
form name="Zebra stripes"
status 303
location {search}
audit filter.saved by support
follow
see The filter is saved
GET /search
see Saved filters
see Zebra stripes
see yours
see request.input.text:zebraword

# What names a person is used and not kept.
POST /search
form filter=customer_id::cust_8842,request.input.text:order
status 303
keep person=(/searches/[\w-]+)
follow
see This filter asks for a person, so it is not saved
not html {person}/save
POST {person}/save
form name="Rita of Linden" shared=yes
status 422
see A saved filter names no person
not audit filter.shared
# Nor is a customer ID.
POST /search
form q=cust_8842
keep one=(/searches/[\w-]+)
POST {one}/save
form name="Rita of Linden"
status 404

# It is nobody else's until it is shared.
as other@q.example
GET /search
not see Zebra stripes
POST /search
form saved=1
status 404
as support
POST /search/filters/1
form name= shared=yes
status 422
see Give it a name of 1 to 60 visible characters.
POST /search/filters/1
form name="Striped animals" shared=yes
status 303
location /search
audit filter.shared by support
follow
see Striped animals
see yours, shared
as other@q.example
GET /search
see Striped animals
see shared by Support Person
not html action="/search/filters/1"
not html action="/search/filters/1/delete"
POST /search
form saved=1
status 303
audit search.made
follow
see No message fits the filter
POST /search/filters/1
form name="Mine instead"
status 404
POST /search/filters/1/delete
status 404
not audit filter.removed

# Taken back, it is its owner's alone.
as support
POST /search/filters/1
form name="Striped animals"
status 303
audit filter.changed by support
as other@q.example
GET /search
not see Striped animals
as support
POST /search/filters/1
form name="Striped animals" shared=yes
status 303

# An officer removes what others share: they may have left.
as officer
GET /search
html action="/search/filters/1/delete"
POST /search/filters/1/delete
status 303
audit filter.removed by officer
as support
GET /search
not see Striped animals

# What is wrong with a filter is said with how to mend it; the fields stand in the page for those without script.
POST /search
form filter=langauge::en
status 422
see At character 1: this field is not supported.
see Did you mean language?
html data-field="request_timestamp"
see request_timestamp>=2026-01-31
