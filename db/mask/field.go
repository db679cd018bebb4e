package mask

import (
	"strings"
	"unicode"
)

// A policy says how the value of a field is treated.
type policy struct {
	hide   Kind   // masked whole as this, with all beneath it
	clear  bool   // shown as it is
	parent string // the name of the object it stands in
}

// member is the policy of the member key in an object of policy p; about is
// what the object says its value is.
func (p policy) member(key string, about topic) policy {
	words := split(key)
	name := strings.Join(words, "")
	switch {
	case p.hide != "":
		return policy{hide: p.hide, parent: name}
	case about.entity && name == "location":
		return policy{parent: name} // the entity's place in the text, not a person's
	case about.kind != "" && (name == "value" || name == "literal" || name == "text"):
		return policy{hide: about.kind, parent: name}
	case name == "name" && things[p.parent]:
		return policy{parent: name}
	}
	if k := kindOf(words); k != "" {
		return policy{hide: k, parent: name}
	}
	return policy{clear: clearFields[name], parent: name}
}

// kindOf tells what a field's name says it holds: the whole name, or its last
// two words or last one ("billing_address", "customerPhone").
func kindOf(words []string) Kind {
	n := len(words)
	if n == 0 {
		return ""
	}
	if k, ok := fieldKinds[strings.Join(words, "")]; ok {
		return k
	}
	if n > 2 {
		if k, ok := fieldKinds[words[n-2]+words[n-1]]; ok {
			return k
		}
	}
	if k := fieldKinds[words[n-1]]; k != Name || n > 1 && people[words[n-2]] {
		return k
	}
	return ""
}

// A topic is what an object says about itself.
type topic struct {
	entity bool // it is an entity of a Watson answer
	kind   Kind // of its value: `{"entity": "sys-person", "value": …}` is a name
}

func subject(n *node) topic {
	if n.kind != object {
		return topic{}
	}
	for i := range n.kids {
		if kid := &n.kids[i]; kid.key == "entity" && kid.kind == quoted {
			words := split(kid.text)
			if len(words) > 1 && words[0] == "sys" {
				words = words[1:]
			}
			return topic{true, kindOf(words)}
		}
	}
	return topic{}
}

// split cuts a field's name into folded words: "firstName", "first-name" and
// "first_name" alike.
func split(name string) (words []string) {
	var w strings.Builder
	flush := func() {
		if w.Len() > 0 {
			words = append(words, w.String())
			w.Reset()
		}
	}
	lower := false
	for _, r := range name {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) || unicode.IsUpper(r) && lower {
			flush()
		}
		lower = unicode.IsLower(r) || unicode.IsDigit(r)
		if low := unicode.ToLower(r); accents[low] != "" {
			w.WriteString(accents[low])
		} else if unicode.IsLetter(r) || unicode.IsDigit(r) {
			w.WriteRune(low)
		}
	}
	flush()
	return words
}

func lookup[V any](value V, list string, into map[string]V) {
	for _, w := range strings.Fields(list) {
		into[w] = value
	}
}

// fieldKinds maps the names of fields, without their marks, to what they hold.
var fieldKinds = func() map[string]Kind {
	m := map[string]Kind{}
	lookup(CustomerID, `customerid customernumber customerids kundennummer`, m)
	lookup(UserID, `userid username user login loginname uid subscriberid memberid externaluserid slackuserid authorid senderid recipientid
		accountid accountname accountnumber`, m)
	lookup(Email, `email emails emailaddress emailadresse mail mailaddress courriel correo correoelectronico`, m)
	lookup(Phone, `phone phones phonenumber telephone tel mobile mobilenumber mobilephone cell cellphone fax faxnumber telefon telefonnummer handy
		handynummer telephonenumber telefono movil callerid whatsapp callernumber msisdn phoneno`, m)
	lookup(IBAN, `iban bankaccount bic kontonummer accountiban`, m)
	lookup(Card, `card cardnumber creditcard creditcardnumber pan cvv cvc kreditkarte tarjeta debitcard`, m)
	lookup(IP, `ip ipaddress clientip remoteip remoteaddr ipaddr userip forwardedfor`, m)
	lookup(NationalID, `ssn socialsecuritynumber nationalid taxid dni nif nie nir nino steuerid passport passportnumber idnumber personalausweis
		codicefiscale nhsnumber driverslicense licensenumber`, m)
	lookup(Address, `address addresses street streetaddress zip zipcode postcode postalcode city town adresse anschrift strasse plz ort
		wohnort rue codepostal ville direccion calle codigopostal ciudad houseno housenumber hausnummer location addressline latitude
		longitude lat lng lon geolocation gps`, m)
	lookup(Name, `name names firstname lastname fullname surname forename givenname familyname middlename displayname nickname vorname nachname
		familienname nom prenom nombre apellido apellidos person contactperson cardholder salutationname holder`, m)
	lookup(DateOfBirth, `dob dateofbirth birthdate birthday birthdate geburtsdatum geburtstag datedenaissance fechadenacimiento birth
		naissance nacimiento birthyear`, m)
	lookup(Secret, `password passwd pwd passwort secret token accesstoken refreshtoken apikey authorization jwt pin otp sessiontoken cookie`, m)
	return m
}()

// clearFields are identifiers and words of the service itself; a detector would
// only misread them.
var clearFields = func() map[string]bool {
	m := map[string]bool{}
	lookup(true, `sessionid assistantid skillid workspaceid environmentid logid conversationid messageid releaseid snapshot language locale
		timezone requesttimestamp responsetimestamp referencetime sessionstarttime created updated messagetype responsetype intent entity
		skill dialognode nodesvisited branchexitedreason state eventid transactionid turnid requestid deployment version initialized type
		level code collectionid classifierid documentid environment projectid`, m)
	return m
}()

// things are objects whose "name" is not a person's.
var things = func() map[string]bool {
	m := map[string]bool{}
	lookup(true, `actions action skills skill channel intents intent entities entity node nodes nodesvisited integrations system metadata
		product products item items assistant environment workspace collection classifier variables turnevents source event events debug
		file model classes`, m)
	return m
}()

// people are the words before "name" that make it a person's.
var people = func() map[string]bool {
	m := map[string]bool{}
	lookup(true, `first last full given family middle customer client user contact display account person caller agent sender recipient
		patient billing shipping holder cardholder author guest member owner profile my your mother father maiden birth legal`, m)
	return m
}()
