# An officer takes a list along as CSV: masked, and with no cell that a spreadsheet would take for a formula.
service support-bot
api support-bot
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"=HYPERLINK(\"http://evil.example\")"}}
status 200
POST /v2/assistants/a1/message?version=2020-04-01
header X-Watson-Metadata: customer_id=cust_8842
json {"input":{"text":"Write to rita@example.org"}}
status 200

as officer
POST /search
form q=cust_8842
keep search=(/searches/[\w-]+)
follow
html {search}/csv
POST {search}/csv
status 200
answer Content-Type: text/csv*
answer Content-Disposition: attachment; filename=records.csv
see record,written (UTC),service,kind,language,labelled,"preview, masked"
see '=HYPERLINK
not see ,=HYPERLINK
see Write to [email]
not see rita@example.org
not see cust_8842
POST {search}/csv?service=99
status 200
not see HYPERLINK

# Six minutes after signing in it asks for the password again.
pass 6m
POST {search}/csv
status 401
see To export these records, sign in again.
POST {search}/csv
form step-up=wrong
status 401
POST {search}/csv
form step-up="{password}"
status 200
answer Content-Type: text/csv*

# Support reads records and does not carry them out.
as support
POST /search
form q=cust_8842
keep search=(/searches/[\w-]+)
follow
not html {search}/csv
POST {search}/csv
status 403
audit permission.refused by support
