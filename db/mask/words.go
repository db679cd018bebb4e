package mask

import "strings"

// A role is what a word does around personal data; a word can have several.
type role uint64

const (
	rolePhone    role = 1 << iota // the number nearby is a phone number
	roleOrder                     // … an order, ticket, model or other number that is no person's
	roleIdent                     // … a national ID
	roleDocument                  // … an identity document's number
	roleHealth                    // … an NHS number
	roleBirth                     // the date nearby is a birth
	roleBirthday                  // … or perhaps a birthday present's
	roleGift
	roleEvent // the date nearby is of something else
	roleHome  // an address follows
	roleLink  // stands between a keyword and its number without meaning of its own
	roleUnit  // after a number: it counts something
	roleMonth
	roleStop     // never part of a name
	roleTitle    // a name follows: Mr, Frau, Mme, Sra.
	roleParticle // joins the parts of a name: von, de la
	roleGiven    // a common given name
	roleAlsoWord // a given name that is an everyday word too: Mark, Rose
	roleStreetEN
	roleStreetShort // an abbreviation of it: St, Ave
	roleStreetFR
	roleStreetES
	roleStreetDE
	roleUnitEN // a flat, an apartment
	roleFloorES
	roleAt
	roleLabel // a form's label for a name: Name, Nom, Nombre
	roleDot
	roleVersion
	roleTrigger     // begins a phrase that introduces a name
	roleClosing     // begins one that follows a name
	roleSpelled     // a number in words
	roleInstitution // a house that is named after somebody: "Martin Luther Hospital"
	roleRelation    // somebody's husband, mother, friend
	roleThing       // its name is no person's: dog, hotel, file
	rolePlace       // a town: "Ana Ruiz de Valencia" says where she is
)

// roleSays are the roles that say what a number is.
const roleSays = rolePhone | roleOrder | roleIdent | roleDocument | roleHealth | roleVersion

// lexicon maps folded words to their roles.
var lexicon = build()

func build() map[string]role {
	m := make(map[string]role, 2048)
	for r, words := range vocabulary {
		for _, w := range strings.Fields(words) {
			m[w] |= r
		}
	}
	for _, p := range phrases {
		m[p.words[0]] |= roleTrigger
	}
	for w := range relationTrust {
		m[w] |= roleRelation
	}
	for _, words := range closings {
		m[words[0]] |= roleClosing
	}
	return m
}

var vocabulary = map[role]string{
	rolePhone: `phone telephone tel mobile cell cellphone call calling reach text sms whatsapp fax landline ring dial contact
		telefon telefonnummer tel handy handynummer mobilnummer mobil rufnummer faxnummer festnetz festnetznummer rueckruf ruckruf anrufen
		anruf rufen ruf erreichen erreichbar erreichst zuruckrufen durchwahl telefonisch telefonnr mobilfunknummer
		téléphone telephone portable joignez rappel contacter contactez mobile appelez appeler rappeler rappelez joindre joignable fixe telephonique numerotel gsm
		telefono movil celular llamar llamame llamadme llameme llamen llamarme llamarnos llamadnos marcar llamenme contactarme localizarme fijo telefonico numerodetelefono contactar contacto contacten contacteme marque tlf tfno tlfn telf
		cellulare telefonino signal telegram`,
	roleOrder: `order orders invoice invoices tracking ticket tickets reference ref case article item sku model serial part product
		parcel shipment booking reservation confirmation account customer client policy contract quote receipt transaction claim batch lot
		isbn ean upc gtin imei asin voucher coupon gutschein pin code barcode rma po build firmware id uuid session log error zip
		bestellung bestellnummer auftrag auftragsnummer rechnung rechnungsnummer sendung sendungsnummer paket artikel artikelnummer
		siret siren ust ustid vat hrb hra ein duns swift bic blz kvk cif crn bsb matricule kennzeichen kennziffer zeichen aktennummer folio
		kundennummer vertrag vertragsnummer vorgang vorgangsnummer aktenzeichen seriennummer modell ticketnummer referenz buchung
		buchungsnummer reservierung bestellnr artikelnr kundennr fehler fehlercode beleg lieferung zahlerstand
		commande commandes facture suivi colis reference dossier contrat modele article serie reservation erreur bon devis abonnement
		pedido pedidos factura seguimiento envio referencia articulo contrato expediente modelo reserva albaran incidencia codigo lote
		paquete producto ordine fattura kilometerstand mileage`,
	roleIdent: `ssn itin nino nif nie dni nir tin steuerid idnr steueridentifikationsnummer identifikationsnummer steuernummer
		sozialversicherungsnummer rentenversicherungsnummer versicherungsnummer sozialversicherung rentenversicherung insee nir secu codice cf`,
	roleDocument: `passport passeport pasaporte reisepass reisepassnummer passnummer ausweis ausweisnummer personalausweis
		personalausweisnummer fuhrerschein fuhrerscheinnummer ausweisnr cni passaporto`,
	roleHealth: `nhs`,
	roleBirth: `born birth dob birthdate geboren geburtsdatum geb gebdatum ddn nac nacido nacida naci nacio nacimiento naissance geburtstag nato nata nacimos
		geborene geborener`,
	roleBirthday: `birthday bday anniversaire cumpleanos cumple`,
	roleGift: `present presents gift gifts party cake card order offer voucher coupon discount delivery bouquet flowers cadeau gateau
		fete carte regalo tarta fiesta tarjeta oferta invitation gutschein geschenk bon offre promo promotion sale`,
	roleEvent: `ordered delivered shipped paid bought purchased expires bestellt geliefert gekauft bezahlt commande livre paye achete
		comprado pagado entregado`,
	roleHome: `live lives living address moved adresse anschrift wohne wohnhaft wohnt wohnen plz postleitzahl umgezogen postcode
		habite habitons demeurant domicilie domicile postal vivo vive vivimos resido direccion domicilio lieferadresse
		rechnungsadresse lieferanschrift zip reside residing`,
	roleLink: `number numbers no nr num nummer numero numeros n o is are was am the my our your his her new on at of to in it me us its
		ist lautet meine mein meiner unsere die der das den dem ihre ihr auf unter am vom von zum im sie mich uns bin war neue ich
		est le la les l mon ma mes notre au du de d sur un une nouveau et je suis moi
		es el los las mi mis al en nuestro nuestra nuevo soy fue id a directly direkt : by via per or oder ou o and und y e
		tombe falls fallt fiel cae en lo ce cet
		s
		privat private work home office personal private buro travail trabajo personnel`,
	roleUnit: `€ $ £ ¥ % ° ‰ eur euro euros usd gbp chf dollar dollars pound pounds pounds cent cents pesos franken kg g mg km cm mm ml
		kb mb gb tb kwh kw hz mhz ghz px pcs pieces piece units stuck stk mal times fois veces pieces unites unidades uhr h min
		minutes minuten minutos hours stunden heures horas days tage jours dias percent prozent points punkte followers steps views
		people personen personnes personas rows records users items artikel customers`,
	roleMonth: `january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept
		oct nov dec januar februar marz maerz mai juni juli oktober dezember janner okt dez
		janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre janv fevr avr juil
		enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre
		gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre`,
	roleTitle: `mr mrs ms miss mx dr prof professor sir madam herr frau herrn familie monsieur madame mademoiselle mme mlle m sr sra srta senor
		senora senorita don dona doctor doctora docteur docteure doktor dottore dottoressa`,
	roleParticle: `d von van de der den del della di da dos du la le las los zu zur y bin al el ter ten af`,
	roleStreetEN: `street road avenue lane boulevard drive way court place square terrace close crescent gardens grove mews parkway circle
		highway row hill alley loop parade embankment esplanade trail quay wharf walk plaza`,
	roleStreetShort: `st rd ave av blvd dr ln ct pl sq ter cres pkwy hwy cir trl`,
	roleStreetFR: `rue avenue av ave boulevard bd blvd place chemin allee allees impasse quai cours route square passage faubourg esplanade
		residence lotissement sentier ruelle voie villa hameau`,
	roleStreetES: `calle c avenida avda av plaza pza pl paseo po camino carretera ctra ronda travesia glorieta urbanizacion pasaje rambla
		via`,
	roleStreetDE: `strasse str weg platz allee gasse ring ufer damm chaussee steig pfad markt graben berg wall`,
	roleUnitEN:   `apt apartment flat suite ste unit floor room`,
	roleFloorES:  `piso planta puerta pta izq izquierda izda dcha derecha bajo esc escalera portal atico bloque`,
	roleAt:       `at arroba arobase`,
	roleDot:      `dot punkt point punto`,
	roleLabel: `name names surname forename firstname lastname fullname vorname nachname familienname nom prenom nombre apellido apellidos
		cardholder kontoinhaber kontoinhaberin titulaire titular inhaber inhaberin ansprechpartner ansprechpartnerin
		patient patientin patiente paciente passenger passagier passagierin passager passagere pasajero pasajera kunde kundin traveller traveler
		reisender reisende voyageur viajero guest gast person policyholder versicherungsnehmer versicherungsnehmerin versicherter insured assure
		asegurado beneficiary begunstigter beneficiaire beneficiario tenant mieter mieterin locataire inquilino recipient empfanger empfangerin
		destinataire destinatario sender absender absenderin expediteur remitente contact interlocuteur applicant antragsteller antragstellerin
		mandant mandantin spouse ehepartner conjoint conyuge landlord vermieter subscriber abonne abonado driver fahrer conducteur`,
	roleVersion: `version versions v ver versione release firmware build driver treiber update kernel section
		chapter kapitel abschnitt chapitre capitulo paragraph
		aktualisierung actualizacion patch software softwarestand firmwarestand softwareversion app os ios android windows linux fritzos
		logiciel programm rev revision hotfix bios sw fw section schema ausgabe`,
	roleSpelled: `zero oh one two three four five six seven eight nine double triple hundred thousand ten eleven twelve twenty thirty forty fifty sixty seventy eighty ninety
		zehn elf zwolf zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig hundert cent diez veinte treinta cuarenta sesenta setenta ochenta noventa
		null eins zwei drei vier funf sechs sieben acht neun zwo fuenf
		un deux trois quatre cinq sept huit neuf dix onze douze treize quatorze quinze seize vingt trente quarante cinquante soixante
		cero uno dos tres cuatro cinco seis siete ocho nueve doble`,
	roleInstitution: `hospital clinic airport station hotel school university college church bank museum theatre theater stadium tower center centre
		hall house building bridge park krankenhaus klinik klinikum bahnhof flughafen schule gymnasium universitat stadion kirche apotheke museum halle
		haus brucke hopital clinique gare aeroport lycee ecole college universite pont musee clinica aeropuerto estacion instituto colegio
		universidad estadio puente museo edificio collection shop store team cup award prize preis trophy airlines airways`,
	roleThing: `dog cat pet horse hamster hotel product file company brand street road ship boat app package plan hund katze haustier pferd produkt
		datei firma strasse schiff chien chat produit fichier entreprise marque perro gato producto archivo empresa marca variable column table
		server domain host network wifi wlan router printer device`,
	roleGiven: givenNames,
	roleAlsoWord: `noel can amber ruby ebony hazel flora aurora honor misty summer autumn ava morgan rex percy ray guy mo jay jo mick brice alba mark will may rose grace hope joy rich bill grant sue dawn faith art max frank ernst eve iris violet daisy jasmine
		florence paris sol luz mar pilar pia claire clement aurore jade olive ines april june august angel jesus rich pat drew chase
		hunter dean wolf heide ute linde rosa blanca blanche franco andrea marina victoria chance pascal aria ira`,
	rolePlace: `madrid barcelona valencia sevilla bilbao zaragoza malaga murcia granada cordoba alicante vigo gijon toledo salamanca paris
		lyon marseille lille toulouse nantes bordeaux nice strasbourg rennes grenoble montpellier bruxelles geneve quebec montreal berlin
		hamburg munchen koln frankfurt stuttgart wien zurich roma milano mexico argentina colombia chile peru espana france`,
	roleStop: stopWords,
}

// compound gives the roles of German compounds that the lexicon does not list:
// any "…nummer" that is not a phone's is some other number.
func compound(key string) role {
	switch {
	case strings.HasPrefix(key, "sozialversicherung"), strings.HasPrefix(key, "rentenversicherung"), strings.HasPrefix(key, "steueridentifikation"):
		return roleIdent
	case strings.HasSuffix(key, "telefonnummer"), strings.HasSuffix(key, "handynummer"), strings.HasSuffix(key, "rufnummer"):
		return rolePhone
	case strings.HasPrefix(key, "telefon"), strings.HasPrefix(key, "handy"), strings.HasPrefix(key, "mobil"):
		return rolePhone
	case strings.HasSuffix(key, "nummer"), strings.HasSuffix(key, "nummern"), strings.HasSuffix(key, "bestellung"), strings.HasSuffix(key, "nr"),
		strings.HasSuffix(key, "code"), strings.HasSuffix(key, "ziffer"):
		return roleOrder
	}
	return 0
}

// pair names two words that mean something only together.
type pair struct {
	first, second string
	role          role
}

var pairs = []pair{
	{"social", "security", roleIdent}, {"national", "insurance", roleIdent}, {"securite", "sociale", roleIdent},
	{"seguridad", "social", roleIdent}, {"tax", "id", roleIdent}, {"steuer", "id", roleIdent}, {"steuer", "nummer", roleIdent},
	{"codice", "fiscale", roleIdent}, {"numero", "fiscal", roleIdent}, {"steuer", "identifikationsnummer", roleIdent},
	{"driver", "licence", roleDocument}, {"driver", "license", roleDocument}, {"drivers", "license", roleDocument}, {"driving", "licence", roleDocument},
	{"de", "conduire", roleDocument}, {"de", "conducir", roleDocument}, {"identity", "card", roleDocument}, {"id", "card", roleDocument}, {"d", "identite", roleDocument},
	{"carta", "identita", roleDocument}, {"steuer", "idnr", roleIdent},
	{"a", "jour", roleVersion}, {"s", "n", roleOrder}, {"cumple", "anos", roleBirthday}, {"cumplio", "anos", roleBirthday}, {"sort", "code", roleOrder}, {"ni", "number", roleIdent}, {"b", "day", roleBirthday}, {"my", "number", rolePhone}, {"meine", "nummer", rolePhone},
	{"mon", "numero", rolePhone}, {"mi", "numero", rolePhone}, {"meiner", "nummer", rolePhone}, {"our", "number", rolePhone},
}

// pairRoles is pairs by their second word.
var pairRoles = func() map[string][]pair {
	m := map[string][]pair{}
	for _, p := range pairs {
		m[p.second] = append(m[p.second], p)
	}
	return m
}()

// pairUp settles what token i means beside its neighbours.
func (s *scan) pairUp(i int) {
	t := s.tok(i)
	if t.class != word {
		return
	}
	if t.key == "ne" || t.key == "nee" || t.key == "nes" {
		if t.accented || t.key == "nee" {
			t.role |= roleBirth // "né", but not the "ne" of a negation
		}
		return
	}
	s.pairWith(i, t)
	if t.key == "b" && s.initials(i) {
		t.role |= roleBirth
	}
	if t.role&roleBirthday != 0 && s.presentNear(i) {
		t.role &^= roleBirthday
	}
}

// initials tells of "D.O.B." that ends at token i.
func (s *scan) initials(i int) bool {
	return s.glued(i) && s.tok(i-1).is('.') && s.tok(i-2).key == "o" && s.tok(i-3).is('.') && s.tok(i-4).key == "d"
}

func (s *scan) pairWith(i int, t *token) {
	if i == 0 {
		return
	}
	prev := s.tok(i - 1)
	if prev.is('-') || prev.is('\'') || prev.is('/') {
		prev = s.tok(i - 2)
	}
	for _, p := range pairRoles[t.key] {
		if prev.key == p.first || p.first == "d" && s.tok(i-2).key == "d" {
			t.role = t.role&^(roleOrder|rolePhone) | p.role
		}
	}
}

// presentNear tells a birthday's present from the birthday: "birthday cake",
// "cadeau d'anniversaire", "tarta de cumpleaños".
func (s *scan) presentNear(i int) bool {
	if s.tok(i+1).role&roleGift != 0 {
		return true
	}
	for j := i - 1; j >= i-3; j-- {
		t := s.tok(j)
		if t.role&roleGift != 0 {
			return true
		}
		if t.role&(roleLink|roleParticle) == 0 && !t.is('\'') {
			return false
		}
	}
	return false
}
