package handlers

import (
	"net/http"
	"slices"

	"quittance/db/label"
	"quittance/db/ticket"
	"quittance/views"
	"quittance/views/lang"
)

// guides say how a request of a right goes, step by step, in what the console itself cannot do for it. Access and erasure need none: their next
// step always stands above.
var guides = map[ticket.Right][]lang.Word{
	ticket.Portability: {
		"The answer holds data.json and a data.csv for each kind of record: structured, commonly used and machine-readable (Art. 20(1)). It goes without the statements of Art. 15.",
		"The right is to what the person provided, under consent or a contract, and by automated means. Leave out what is of others (Art. 20(4)).",
		"To hand it to another controller (Art. 20(2)), give them the link instead of the person.",
	},
	ticket.Rectification: {
		"What lies here is what was said and answered, as it was. Nobody changes it by hand: have it corrected where it comes from, in the application or the linked service.",
		"What is wrong and not needed is erased on a ticket of its own (Art. 17).",
		"While its accuracy is being checked, the person can have it restricted (Art. 18(1)(a)).",
		"Tell whoever received it (Art. 19), write the person that it is done, and an officer closes the ticket with what was done.",
	},
	ticket.Objection: {
		"Against direct marketing nothing is weighed: it stops (Art. 21(3)).",
		"Otherwise it stops unless our grounds weigh more; an officer refuses it then with Art. 21(1). Until that is decided, the person can have the data restricted (Art. 18(1)(d)).",
		"To keep what they say out of learning, the application sends X-Watson-Learning-Opt-Out. What is stored is erased on a ticket of its own (Art. 17(1)(c)).",
		"Write the person what was done, and an officer closes the ticket with it.",
	},
	ticket.Restriction: {
		"An officer restricts all customer IDs of the ticket from its form below; new records under them are frozen too.",
		"Tell whoever received the data (Art. 19), write the person that it is done, and an officer closes the ticket.",
		"Later: the person is told before the restriction ends (Art. 18(3)). The letter and the form for it stay on this page.",
	},
	ticket.Images: {
		"A dedicated plan of Visual Recognition keeps images that it has processed where no call reaches them, and no erasure here: a person asks the provider to remove them.",
		"What the customer IDs label in classifiers and collections is not meant by this: that is erased on a ticket of its own (Art. 17).",
		"Write the provider’s case number down as a note. When they have confirmed it, write the person, and an officer closes the ticket with what was done.",
	},
}

// guideTickets are the rights that a step of a guide leads to, by the place of the step.
var guideTickets = map[ticket.Right]map[int]ticket.Right{
	ticket.Rectification: {1: ticket.Erasure, 2: ticket.Restriction},
	ticket.Objection:     {1: ticket.Restriction, 2: ticket.Erasure},
	ticket.Images:        {1: ticket.Erasure},
}

// ticketGuide is for those who work on an open ticket.
func (s *Server) ticketGuide(r *http.Request, d desk, v views.Ticket) ([]views.Link, error) {
	if !v.Private || d.State.Ended() {
		return nil, nil
	}
	var out []views.Link
	for i, text := range guides[d.Right] {
		step := views.Link{Text: text}
		if right, ok := guideTickets[d.Right][i]; ok {
			step.Href, step.Sub = newTicketHref(d, right), "Open a ticket for it"
		}
		out = append(out, step)
	}
	if d.Right != ticket.Images {
		return out, nil
	}
	route, err := s.imagesRoute(r, d)
	return slices.Insert(out, 1, route...), err
}

// newTicketHref is the form for another request of the same person, whose first known ID goes with it by its opaque reference.
func newTicketHref(d desk, right ticket.Right) string {
	href := "/tickets/new?right=" + string(right)
	for _, sub := range d.subjects {
		if sub.Ref != "" {
			return href + "&subject=" + string(sub.Ref)
		}
	}
	return href
}

// imagesRoute says where the provider is asked, and about which services (design.md, section 8: the region decides the route).
func (s *Server) imagesRoute(r *http.Request, d desk) ([]views.Link, error) {
	all, err := s.store.Services(r.Context())
	var names []string
	for _, svc := range all {
		if svc.Kind == label.VisualRecognition && svc.Removed.IsZero() {
			names = append(names, svc.Name)
		}
	}
	text := lang.Word("Open a case at IBM’s support for requests from the EU.")
	if d.Region == "non-eu" {
		text = "Open a case at IBM’s support for requests from outside the EU."
	}
	if len(names) == 0 {
		return []views.Link{{Text: lang.Said("{text} No Visual Recognition is registered here: ask whoever runs it which instance has a dedicated plan.", "text", text)}}, err
	}
	return []views.Link{{Text: lang.Said("{text} It names the customer IDs of this ticket and the instance: {names}.", "text", text, "names", lang.Listed(names))}}, err
}
