package db

// Outside is what a store keeps outside its data directory.
type Outside struct {
	Pin    string // "" = none is kept
	Copy   string // of the ledger; "" = none is kept
	Behind error  // why the copy lacks something; nil = it lacks nothing
}

// Outside tells it. Whether the pin still fits tells CheckPin.
func (s *Store) Outside() (out Outside) {
	if p := s.pin.Load(); p != nil {
		out.Pin = p.path
	}
	if out.Copy = s.copyPath; s.copy != nil {
		if t := s.copy.behind.Load(); t != nil {
			out.Behind = t.err
		}
	}
	return out
}
