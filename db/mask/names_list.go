package mask

// givenNames are common given names of the four languages, folded as tokens
// are. They decide only where a phrase leaves open whether a name follows
// ("I'm …", "Hallo …", "soy …").
const givenNames = `
aaron abigail adam adele adrian agnes ahmed aisha alan albert alejandra alejandro alessandro alex alexander alexandra alexandre alexis
alfonso alfred alice alicia alina alison alvaro amanda amelia amelie amina amir amy ana anais andre andrea andreas andres andrew andy
angela angelika anita anja anke ann anna annabel anne annette annika anthony antoine anton antonia antonio ariane arnaud arthur astrid
audrey aurelie axel barbara bastian beatrice beatriz ben benedikt benjamin benoit bernard bernd bettina bianca birgit bjorn bob boris brandon
brian brigitte bruno camila camille carla carlos carmen carol carole caroline catherine cecile cecilia celine charles charlie charlotte
chloe chris christa christian christiane christina christine christoph christophe christopher clara claire claude claudia claus clemens
clement cristina cynthia damien daniel daniela danielle david deborah denis dennis diana diane diego dieter dietmar dirk dominic dominik
dominique donald doris dorothea dylan eddie edgar eduardo edward elena eleanor elias elisa elisabeth elise elizabeth elke ella ellen eloise
emil emilia emilie emily emma enrique eric erica erik erika ernesto esteban esther ethan etienne eugenia eva evelyn fabian fabien fabienne
fabio fatima felipe felix ferdinand fernando finn fiona florian francesca francis francisca francisco franck francois francoise frank
franz frederic frederick frederik friedrich fritz gabriel gabriela gabriele gareth gary gemma genevieve george georg georges gerald gerard
gerda gerhard gilles giovanni gisela giulia gloria gonzalo gordon greg gregor gregory greta guido guillaume guillermo gunter gunther gustav
hannah hanna hannes hans harald harry hassan heather hector heike heiko heinrich heinz helen helena helene helga helmut hendrik henri
henrik henry herbert hermann hilde holger horst howard hubert hugo ian ibrahim ignacio ilona ilse imogen ines inga inge ingo ingrid irene
irina isabel isabella isabelle isaac ivan jack jackie jacob jacqueline jacques jaime jakob james jan jana jane janet janine jasmin jason
javier jean jeanne jeff jennifer jens jeremy jerome jesse jessica jill jim joachim joan joanna joanne joaquin jochen joe joel johanna
johannes john johnny jonas jonathan jorg jorge jose josef joseph josephine josh joshua juan juana judith jules julia julian juliane
julie julien juliette julio jurgen justin justine karen karin karl karla karsten katarina kate katharina katherine kathleen kathrin katie
katja katrin kay keith kelly ken kenneth kerstin kevin kim kirsten klaus klara konrad kristin kurt kyle lara larry lars laura laure laurence
laurent lea leah leandro lena leo leon leonard leonie leticia liam lilian lily lina linda lisa lise lorena lorenzo lothar louis
louisa louise luc luca lucas lucia lucie lucy luis luisa luise lukas lutz lydia lynn madeleine magdalena maike malik manfred manon manuel
manuela marc marcel marcela marco marcos marcus margaret margarita maria mariana marianne marie marina mario marion marius mark markus
marlene marta martha martin martina martine mary mateo mathieu mathilde matt matteo matthew matthias matthieu maurice max maxime maximilian
megan melanie melissa mia michael michaela michel michele michelle miguel mike milena mia miriam mohamed mohammed moritz monica
monika monique moritz muhammad nadia nadine nancy natalia natalie nathalie nathan neil nelly nicholas nick nicola nicolas nicole nikolaus
nils nina noah noemie nora norbert nuria oliver olivia olivier olga omar oscar oskar otto owen pablo paco pamela paola pascal pascale patricia
patrice patrick paul paula pauline pedro peggy penelope peter petra philip philipp philippe phoebe pierre quentin rachel rafael rainer
ralf ralph ramon raphael raquel rebecca regina regine reinhard renate rene ricardo richard rita robert roberto robin rodrigo roger roland
rolf romain roman ron ronald rosalie rosemary ruben rudolf ruth ryan sabine sabrina salma sam samantha samir samuel sandra sara sarah
sascha saul sean sebastian sebastien selina serge sergio sharon sheila silke silvia simon simone sofia sonia sonja sophia sophie stefan stefanie
steffen stephan stephane stephanie stephen steve steven susan susana susanne suzanne svenja sven sylvia sylvie tania tanja tatjana ted
teresa theo theodor theresa therese thierry thomas thorsten tim timo tina tobias tom tomas tony torsten tristan udo ulrich ulrike ursula
ute uwe valentin valentina valerie vanessa vera veronica veronika veronique vicente victor victoria vincent virginie viktor volker walter
wendy werner wilhelm william wolfgang xavier yann yannick yasmin yolanda youssef yusuf yves yvonne zoe mehmet ali ayse emre mustafa hatice
priya raj ravi anil sunita wei li ming chen olumide chidi ngozi kwame amara sanjay deepak arjun
abby abdul abdullah aiden aidan ailsa aileen alastair alba alena alfie alisha alistair allan allen alma amber amit amirah angelo angus anita anouk
ansgar anthea antonella anya archie ariana arne arno ashley asha august aurora ava avery aylin aysel ayesha baptiste barney bashir beate becky becca
bella bernadette bernardo bert berta beth bethany betty bianka bill billy bogdan bonnie brad bradley brenda brendan bridget britta brooke bruce bryan
burak caitlin callum calum cameron can candice carl carla carlo carly carmela carsten casey cathy cem chantal charline chiara christelle cian ciara
cindy clara claudine clara clive cody colette colin concepcion connor consuelo cora corinna corinne craig dagmar dale damian dana danny daphne darren
dave davide debbie declan delphine denise derek desmond detlef diane dilan dimitri dimitris dina dolores domenico donna dorian doris doug douglas duncan
dustin ebony edith edouard edwin eileen elaine elif elisabetta ellie elmar elodie elsa elvira emanuel emine emir encarnacion enrico enzo erin ernest
esperanza estelle eugen eugene evan ewa fabiola fabrice fanny farah fatih fatma felicia felicitas fergus fernanda fernando fiona flavia flora florian
franck francesca francesco francine francis francisca francisco francois francoise franz fred freddie frederic frederik frieda friedrich fritz
gabriel gabriela gabriele gabrielle gael gareth gary gaston gavin gemma geoffrey georg george georges georgia georgina gerald gerard gerda gerhard
gerlinde gertrud giacomo gianni gilbert gilles gillian giovanni gisela gita giulia giuseppe gladys glen glenn gloria gordon gonzalo graham greg gregor
gregory gretchen guadalupe guido guillaume guillermo gunter gustav guy gwen hakan hamza hana hanna hannah hannelore hannes hans harald harriet harry
harold hasan hassan hazel heather hector heidi heike heiko heiner heinrich heinz helen helena helene helga helmut hendrik henri herve hilary hubertus
hussein imran ingeborg ingmar ioannis isla ivana jade jakub jamal jamie jarek jasper javed jay jayden jean-luc jenny jeremias jerry jess jesper jette
jo joanne jodie jody jorge jordan jordi josefa josefina josette joyce juanita judy jurgen kai kamal kara karim karina karolina kasper kathy katie katja
kaya keira keisha kelvin kemal kerry khaled khadija kieran kirsty klaas klaus-peter kofi kristina kristen kristof krzysztof lamia lance lars-erik
laurie layla leila leni lennart lennox leonardo leopold leroy leslie lewis leyla liesel lionel lisbeth liz lloyd logan lorraine louane loic lorenzo
lotte luisa luka luke luana lucile lucien lucinda ludovic luigi luis macarena maelle magali magnus mahmoud maja malcolm malte mandy marcin marek marge
margot mariam maribel marisol maren margarete margit marilyn marisa marjorie marko marlon marta marthe marvin maryam massimo matilda mats maureen mauricio
maya mechthild meera mehdi melissa mercedes merve meryem micha mick miguel mikael milan mildred millie milos minh mirjam mitchell mo mohammad mohammad
moira molly mona morgan murat mustapha nabil nadja naomi natascha natasha nathaniel ned nelson neville nigel nikita nikolas nikolai nikos niklas nina
noel noelle nora norma norman nuno odile ole oleg olena olaf oluwaseun orla orlando oskar oksana paddy palmira pamela paolo pat paulina paulo pawel
pepe percy perla petr petra phil phillip phyllis piet pieter pierrick piotr philippa polly prakash quentin rafaela rahul raj rajesh ramona randy rania
raul ray raymond reece refugio regis reiner remi remy renata rex rhys riccardo richard rick ricky rocio rodolfo roisin romy ronja ronny rosario roxane
roy ruby rudi rupert russell sadie saeed sabina salvador salvatore samira sandrine sandro sandy sanne santiago sarita saskia scott selma serena severine
seamus shane shannon sharif shauna shirley siegfried sigrid silvana silvio simona sinead siobhan sofiane solange soledad sonja sophia soren stacey stan
stella stelios stewart stuart suleyman suzan swantje sybille tamara tanya tara tatiana tammy tarek teddy terence teodoro terry thea theodora tilman timothy
tobi tobias toby todd tommaso tommy toni tracey tracy trevor trudy tyler tyrone ulf umberto ursel uschi valerio vera verena vernon vicky vikram vincenzo
vivian viviane vladimir waltraud wanda wayne wiebke wilfried willi willy wilma winfried wojciech xaver xiomara yannis yara yasmina yassine yolande
yusuf zachary zainab zara zeynep zineb zoey zoltan alvaro begona ainhoa aitor amparo angeles anselmo araceli asier asuncion aurelio azucena benito
bernat borja candela carles carmelo catalina celestino chema cristobal emilio esmeralda eulalia eusebio fermin gerardo gregorio hernan inaki isidro
itziar iker jacinto jaume joan josep julian lidia lourdes macarena marcelino marcial marifer maite maitane mireia montserrat nacho nerea nieves
nicanor noelia octavio olatz oriol paloma patricio pau pascual purificacion ramiro remedios rigoberto rogelio rosaura salome saturnino sonsoles tomas
trinidad unai vanesa virtudes xavi yeray yago zaida abel adriana agustin aleix alexis amandine anne-sophie armand bertrand brice capucine cedric
charlene christophe clemence coralie cyril damien didier dorian edith eloi emeric estelle ghislaine gaelle gauthier guy honore ibtissem jocelyn joel
josiane jacky killian leonie lilou ludivine maeva mael marcelle mathis maxence melina mireille muriel nadege ninon noemie ophelie oceane pascaline
philibert quentin raymonde regine romane roxane sebastien simone solene stephane sylvain sylviane tanguy tiphaine thibault thibaut valentine yasmine yoann
zacharie achim adelheid albrecht alwin anneliese annegret armin arthur bodo burkhard carmen corinna cornelia dietrich edeltraud eckhard egon elfriede
erich ernst-august erna erwin eva-maria ewald friedhelm gesine gernot gudrun hartmut heiderose henriette herta hildegard holm horst-dieter ines
irmgard isolde jorn judith juergen jutta kai-uwe katharina knut leonore lieselotte lorenz lothar ludger ludwig manja margret marlies meike merle
nele norbert ortrud oswald pia reimund reinhold roswitha rosemarie rosi rudiger ruediger sandra sieglinde silke sonke sybilla tabea theresia till
torben traute ulla ulrich uta veit volker walburga wenzel wiebke wolfram`

// stopWords are words that are never part of a name, though they may follow a
// phrase that introduces one: "my name is on the invoice".
const stopWords = `
i you he she it we they me my your his her our their the a an and or but if so not no yes on in at to of for from with without about by as
is are was were be been being am do does did have has had can could would should will shall please thanks thank hello hi hey sorry just
still also already very really too only again now today tomorrow yesterday here there this that these those what who whom where when why how
which spelled spelt misspelled mispelled wrong correct incorrect missing listed shown wrongly different changed going trying looking calling
writing asking waiting interested happy unhappy angry sure unable able afraid having using getting having need want would like know think
hope new old good great bad fine ok okay ready done unfortunately because since after before than then all any some every each
order invoice account number email phone address subject name surname password customer user client support service team helpdesk help
german french spanish english british american italian canadian premium member manager student teacher customer monday tuesday wednesday
thursday friday saturday sunday back later soon asap speaking best regards kind sincerely cheers delivery product refund
ich du er sie es wir ihr mich mir dich dir uns euch ihnen sich der die das den dem des ein eine einen einem einer und oder aber wenn nicht
kein keine nein ja auf in im an am zu zum zur von vom fur mit ohne uber bei nach aus als ist sind war waren sein bin habe hast hat haben hatte
kann konnte wurde wird werden bitte danke hallo guten tag morgen abend entschuldigung nur noch auch schon sehr wieder jetzt heute gestern
hier dort dies diese dieser was wer wo wann warum wie welche falsch richtig geschrieben anders leider weil seit vor willkommen herzlich
kunde kundin bestellung rechnung konto nummer passwort hilfe team kundenservice support zufrieden unzufrieden sicher auch schon
montag dienstag mittwoch donnerstag freitag samstag sonntag deutscher deutsche und geboren wohne brauche mochte
je tu il elle on nous vous ils elles moi toi lui mon ma mes ton ta tes votre notre leur le la les l un une des du de d et ou mais si ne pas non
oui sur dans en a au aux pour par avec sans chez est sont etait suis es sommes etes etre ai as ont avons avez avoir peux peut bonjour bonsoir
salut merci desole encore aussi deja tres trop plus seulement maintenant aujourd hui hier demain ici ce cet cette ces que qui quoi ou quand
pourquoi comment quel quelle mal ecrit faux incorrect correct different parce depuis apres avant malheureusement client cliente commande
facture compte numero equipe service aide content contente mecontent sur lundi mardi mercredi jeudi vendredi samedi dimanche francais
francaise tout tous toutes toute ne nee habite
yo tu el ella nosotros ellos ellas usted ustedes mi mis su sus nuestro nuestra lo los las un una unos unas y o u pero si no sin con para por
en de del al a es son era soy eres somos estoy esta estamos ser estar he ha han hemos tengo tiene puedo puede hola buenos buenas dias tardes
noches gracias perdon todavia tambien ya muy solo ahora hoy ayer manana aqui este esta estos eso que quien donde cuando como cual mal escrito
incorrecto correcto equivocado diferente porque desde despues antes cliente clienta pedido factura cuenta numero equipo servicio ayuda
contento contenta lunes martes miercoles jueves viernes sabado domingo espanol espanola nuevo nueva vivo naci
everyone everybody all folks sir madam ladies gentlemen zusammen leute damen herren tous toutes todos todas microsoft amazon
google ibm siri alexa assistant bot chatbot agent operator president presidente director directeur direktor important importante wichtig irrelevant egal secret
necesito quiero queria tengo busco voudrais veux besoin cherche benotige will need mate sent gesendet envoye enviado von iphone android the
siehe see unknown unbekannt inconnu desconocido none below above unten oben nil null test luego pronto tarde entonces gleich bald spater nachher nebenbei keep keeps kept mismo misma
unhappy the your ihr ihre ihren zwei drei two three deux dos tres one eins`
