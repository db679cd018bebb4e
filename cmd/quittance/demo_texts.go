package main

// What made-up customers say. {words} in braces are filled in for each person and conversation; their values come from ranges that are
// reserved for examples (demo_people.go), so nothing here belongs to anybody.

// demoTopic is what a conversation is about.
type demoTopic struct {
	intent  string
	openers []string
	further []string
}

// demoPhrases is one language of the demo.
type demoPhrases struct {
	topics map[string][]demoTopic // by the line of business of the service
	common []string               // fit into any conversation
	thanks []string
}

var demoTalk = map[string]demoPhrases{"en": demoEnglish, "de": demoGerman, "fr": demoFrench, "es": demoSpanish}

var demoEnglish = demoPhrases{
	topics: map[string][]demoTopic{
		"shop": {
			{"Track_Order",
				[]string{"Where is my order {order}?", "Hello, order {order} should have arrived on {date} and it has not.", "The tracking page for {order} has not changed since {date}."},
				[]string{"My name is {name}, the parcel goes to {street}.", "Please call me on {phone} before the driver comes.", "Nobody was at home on {date}, can you leave it with a neighbour?",
					"The confirmation was sent to {email}.", "Could you send it to {street} instead?", "It said out for delivery at 9 and then nothing happened."}},
			{"Invoice_Question",
				[]string{"I was charged {amount} twice for order {order}.", "I need the invoice for {order} again, please.", "Why is there a fee of {amount} on my invoice?"},
				[]string{"You can send it to {email}.", "I paid with the card {card}.", "The refund should go to {iban}.", "The billing address is wrong, it is {street}.",
					"The bank says that the payment was taken on {date}.", "My phone number is {phone} if you have questions."}},
			{"Return_Item",
				[]string{"I want to send back an item from order {order}.", "The lamp from order {order} arrived broken.", "How long do I have to return something?"},
				[]string{"The box was damaged on {date} already.", "Please refund {amount} to {iban}.", "Can the courier pick it up at {street}?", "I would rather have a replacement.",
					"The return label did not reach me, please send it again to {email}.", "It is the blue one in size 42, I need the grey one."}},
		},
		"bank": {
			{"Block_Card",
				[]string{"I have lost my card, please block it.", "My card {card} was stolen on {date}.", "There is a payment of {amount} that I did not make."},
				[]string{"The number was {card}.", "My name is {name}, date of birth {dob}.", "You can reach me on {phone}.", "The new one should be sent to {street}.",
					"The payment was from a shop that I do not know.", "I signed in from {ip} if that helps."}},
			{"Transfer_Money",
				[]string{"My transfer of {amount} has not arrived.", "How do I raise my daily limit?", "Can I stop a standing order of {amount}?"},
				[]string{"The IBAN is {iban}.", "It was sent on {date} with the reference {order}.", "The app shows an error when I confirm it.", "Please confirm to {email}.", "My account is in the name of {name}."}},
		},
		"claims": {
			{"Report_Damage",
				[]string{"I want to report damage to my car under policy {policy}.", "There was a water leak in my flat on {date}.", "Somebody drove into my parked car on {date}."},
				[]string{"It happened at {street}.", "The repair will cost about {amount}.", "The photos are on their way from {email}.", "The other driver left no number.",
					"My name is {name}, born {dob}.", "Please call me on {phone} after five."}},
			{"Claim_Status",
				[]string{"What is the status of claim {order}?", "I sent the papers for {order} on {date}.", "When will {order} be paid?"},
				[]string{"Please pay it to {iban}.", "The policy number is {policy}.", "Your colleague promised a call on {phone}.", "The expert was here on {date}.", "Has my email from {email} arrived?"}},
		},
		"staff": {
			{"Report_Sick",
				[]string{"I am ill today and cannot come in.", "I have to report sick from {date}.", "My child is ill, what do I have to do?"},
				[]string{"The doctor's note will follow by email from {email}.", "I can be reached on {phone}.", "My name is {name}, staff number {policy}.", "I should be back on {date}."}},
			{"Holiday_Question",
				[]string{"How many days of holiday do I have left?", "I would like to take two weeks off from {date}.", "Why was my holiday request refused?"},
				[]string{"My manager has agreed.", "My staff number is {policy}.", "My bank details have changed, the new IBAN is {iban}.", "I have moved to {street}, please change it."}},
		},
	},
	common: []string{"Can I speak to a person, please?", "That does not answer my question.", "Yes, that is right.", "No, the other one.", "How long will that take?", "I have tried that already.",
		"Could you explain that again?", "One moment, I am looking for the number."},
	thanks: []string{"Thank you, that helped.", "Great, thanks a lot.", "All right, I will wait then. Goodbye.", "Thanks, bye."},
}

var demoGerman = demoPhrases{
	topics: map[string][]demoTopic{
		"shop": {
			{"Track_Order",
				[]string{"Wo bleibt meine Bestellung {order}?", "Guten Tag, die Bestellung {order} sollte am {date} ankommen.", "Die Sendungsverfolgung zu {order} steht seit dem {date} still."},
				[]string{"Mein Name ist {name}, das Paket geht an {street}.", "Bitte rufen Sie mich vorher an: {phone}.", "Am {date} war niemand zu Hause.",
					"Die Bestätigung ging an {email}.", "Können Sie es an {street} umleiten?", "Der Fahrer hat nicht geklingelt."}},
			{"Invoice_Question",
				[]string{"Mir wurden {amount} doppelt abgebucht.", "Ich brauche die Rechnung zu {order} noch einmal.", "Wofür ist die Gebühr von {amount}?"},
				[]string{"Bitte an {email} schicken.", "Bezahlt habe ich mit der Karte {card}.", "Die Erstattung bitte auf {iban}.", "Die Rechnungsadresse ist falsch, richtig ist {street}.",
					"Laut Bank wurde am {date} abgebucht."}},
			{"Return_Item",
				[]string{"Ich möchte einen Artikel aus {order} zurückschicken.", "Die Lampe aus {order} kam kaputt an.", "Wie lange kann ich etwas zurückgeben?"},
				[]string{"Bitte erstatten Sie {amount} auf {iban}.", "Kann der Bote es in der {street} abholen?", "Lieber wäre mir ein Ersatz.", "Das Etikett bitte noch einmal an {email}."}},
		},
		"bank": {
			{"Block_Card",
				[]string{"Ich habe meine Karte verloren, bitte sperren.", "Meine Karte {card} wurde am {date} gestohlen.", "Da ist eine Zahlung über {amount}, die nicht von mir ist."},
				[]string{"Die Nummer ist {card}.", "Mein Name ist {name}, geboren am {dob}.", "Sie erreichen mich unter {phone}.", "Die neue bitte an {street}."}},
			{"Transfer_Money",
				[]string{"Meine Überweisung über {amount} ist nicht angekommen.", "Wie erhöhe ich mein Tageslimit?", "Kann ich einen Dauerauftrag über {amount} stoppen?"},
				[]string{"Die IBAN ist {iban}.", "Überwiesen am {date} mit dem Verwendungszweck {order}.", "Die App zeigt beim Bestätigen einen Fehler.", "Bitte bestätigen Sie es an {email}."}},
		},
		"claims": {
			{"Report_Damage",
				[]string{"Ich möchte einen Schaden zur Police {policy} melden.", "Am {date} ist bei mir Wasser ausgelaufen.", "Jemand ist am {date} in mein geparktes Auto gefahren."},
				[]string{"Es war in der {street}.", "Die Reparatur kostet etwa {amount}.", "Die Fotos kommen von {email}.", "Mein Name ist {name}, geboren am {dob}.", "Bitte rufen Sie mich nach 17 Uhr an: {phone}."}},
			{"Claim_Status",
				[]string{"Wie ist der Stand zu Schaden {order}?", "Ich habe die Unterlagen zu {order} am {date} geschickt.", "Wann wird {order} ausgezahlt?"},
				[]string{"Bitte auf {iban} auszahlen.", "Die Policennummer ist {policy}.", "Ihr Kollege wollte unter {phone} zurückrufen.", "Der Gutachter war am {date} da."}},
		},
		"staff": {
			{"Report_Sick",
				[]string{"Ich bin heute krank und kann nicht kommen.", "Ich muss mich ab dem {date} krankmelden.", "Mein Kind ist krank, was muss ich tun?"},
				[]string{"Die Bescheinigung kommt von {email}.", "Ich bin unter {phone} erreichbar.", "Mein Name ist {name}, Personalnummer {policy}."}},
			{"Holiday_Question",
				[]string{"Wie viele Urlaubstage habe ich noch?", "Ich möchte ab dem {date} zwei Wochen Urlaub nehmen.", "Warum wurde mein Urlaub abgelehnt?"},
				[]string{"Meine Leiterin ist einverstanden.", "Meine Bankverbindung hat sich geändert, die neue IBAN ist {iban}.", "Ich bin umgezogen: {street}."}},
		},
	},
	common: []string{"Kann ich mit einem Menschen sprechen?", "Das beantwortet meine Frage nicht.", "Ja, genau.", "Nein, die andere.", "Wie lange dauert das?", "Das habe ich schon versucht.",
		"Einen Moment, ich suche die Nummer."},
	thanks: []string{"Danke, das hat geholfen.", "Vielen Dank und auf Wiedersehen.", "Gut, dann warte ich. Danke."},
}

var demoFrench = demoPhrases{
	topics: map[string][]demoTopic{
		"shop": {
			{"Track_Order",
				[]string{"Où est ma commande {order} ?", "Bonjour, la commande {order} devait arriver le {date}.", "Le suivi de {order} ne bouge plus depuis le {date}."},
				[]string{"Je m'appelle {name}, le colis va au {street}.", "Appelez-moi au {phone} avant de passer, s'il vous plaît.", "La confirmation est arrivée à {email}.", "Vous pouvez l'envoyer au {street} ?"}},
			{"Invoice_Question",
				[]string{"On m'a débité deux fois {amount}.", "Il me faut encore une fois la facture de {order}.", "À quoi correspondent les frais de {amount} ?"},
				[]string{"Envoyez-la à {email}.", "J'ai payé avec la carte {card}.", "Le remboursement doit aller sur {iban}.", "L'adresse est fausse, c'est {street}."}},
		},
		"bank": {
			{"Block_Card",
				[]string{"J'ai perdu ma carte, il faut la bloquer.", "Il y a un paiement de {amount} que je n'ai pas fait.", "Ma carte {card} a été volée le {date}."},
				[]string{"Le numéro est {card}.", "Je m'appelle {name}, né le {dob}.", "Vous pouvez me joindre au {phone}."}},
		},
		"claims": {
			{"Report_Damage",
				[]string{"Je veux déclarer un sinistre, contrat {policy}.", "Il y a eu une fuite d'eau chez moi le {date}."},
				[]string{"C'était au {street}.", "Les réparations coûtent environ {amount}.", "Les photos viennent de {email}.", "Je m'appelle {name}, né le {dob}."}},
		},
		"staff": {
			{"Holiday_Question",
				[]string{"Combien de jours de congé me reste-t-il ?", "Je voudrais deux semaines à partir du {date}."},
				[]string{"Ma responsable est d'accord.", "J'ai changé de banque, le nouvel IBAN est {iban}.", "J'ai déménagé au {street}."}},
		},
	},
	common: []string{"Je peux parler à quelqu'un ?", "Cela ne répond pas à ma question.", "Oui, c'est ça.", "Combien de temps cela prend-il ?", "J'ai déjà essayé."},
	thanks: []string{"Merci, c'est parfait.", "Très bien, merci et au revoir."},
}

var demoSpanish = demoPhrases{
	topics: map[string][]demoTopic{
		"shop": {
			{"Track_Order",
				[]string{"¿Dónde está mi pedido {order}?", "Hola, el pedido {order} tenía que llegar el {date}.", "El seguimiento de {order} no cambia desde el {date}."},
				[]string{"Me llamo {name}, el paquete va a {street}.", "Llámenme al {phone} antes de venir, por favor.", "La confirmación llegó a {email}.", "¿Pueden enviarlo a {street}?"}},
			{"Invoice_Question",
				[]string{"Me han cobrado {amount} dos veces.", "Necesito otra vez la factura de {order}.", "¿Por qué hay un cargo de {amount}?"},
				[]string{"Envíenla a {email}.", "Pagué con la tarjeta {card}.", "El reembolso debe ir a {iban}.", "La dirección está mal, es {street}."}},
		},
		"bank": {
			{"Block_Card",
				[]string{"He perdido mi tarjeta, hay que bloquearla.", "Hay un pago de {amount} que no es mío.", "Me robaron la tarjeta {card} el {date}."},
				[]string{"El número es {card}.", "Me llamo {name}, nacido el {dob}.", "Me encuentran en el {phone}."}},
		},
		"claims": {
			{"Report_Damage",
				[]string{"Quiero declarar un siniestro, póliza {policy}.", "Hubo una fuga de agua en mi casa el {date}."},
				[]string{"Fue en {street}.", "La reparación cuesta unos {amount}.", "Las fotos van desde {email}.", "Me llamo {name}, nacido el {dob}."}},
		},
		"staff": {
			{"Holiday_Question",
				[]string{"¿Cuántos días de vacaciones me quedan?", "Quisiera dos semanas desde el {date}."},
				[]string{"Mi jefa está de acuerdo.", "He cambiado de banco, el nuevo IBAN es {iban}.", "Me he mudado a {street}."}},
		},
	},
	common: []string{"¿Puedo hablar con una persona?", "Eso no responde a mi pregunta.", "Sí, eso es.", "¿Cuánto tarda?", "Ya lo he intentado."},
	thanks: []string{"Gracias, perfecto.", "Muy bien, gracias y adiós."},
}
