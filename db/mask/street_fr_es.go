package mask

// French

// streetFR reads "12 bis, rue de la Paix"; in small letters too, where the
// word for the street can be nothing else.
func (s *scan) streetFR(i int) int {
	j := s.houseNumber(i)
	if j == i {
		return i
	}
	if s.tok(j).is(',') {
		j++
	}
	t := s.tok(j)
	if t.role&roleStreetFR == 0 {
		return i
	}
	if j++; s.tok(j).is('.') {
		j++
	}
	return s.streetName(i, j, t.key == "rue" || t.key == "avenue" || t.key == "boulevard" || t.key == "impasse" || t.key == "chemin")
}

// streetName reads "de la République", "du 8 mai 1945", "Victor Hugo" from
// token j and returns its end, none where it has no name in it.
func (s *scan) streetName(none, j int, lower bool) int {
	end, small := none, 0
	for k := 0; k < 8; k++ {
		t := s.tok(j)
		switch {
		case t.is('\'') && s.glued(j), t.is('-') && s.glued(j) && s.glued(j+1):
		case t.class == word && t.capital && t.role&roleSays == 0 && !t.line:
			end = j + 1
		case t.class == word && streetJoint(t.key):
		case t.class == number && s.tok(j+1).role&roleMonth != 0:
		case t.role&roleMonth != 0 && s.tok(j-1).class == number:
			end = j + 1
			if s.tok(j+1).class == number && len(s.tok(j+1).key) == 4 {
				return j + 2
			}
		case lower && small < 2 && t.class == word && t.role&(roleStop|roleSays|roleUnit) == 0 && !t.line:
			small++
			end = j + 1
		default:
			return end
		}
		j++
	}
	return end
}

func streetJoint(key string) bool {
	switch key {
	case "de", "du", "des", "d", "la", "le", "les", "l", "del", "los", "las", "el", "y", "et", "saint", "st", "sainte", "ste", "san", "santa":
		return true
	}
	return false
}

// Spanish

// streetES reads "calle Mayor 12", "C/ de Alcalá, nº 5", "Avda. del Puerto, 3".
func (s *scan) streetES(i int) int {
	t := s.tok(i)
	j := i + 1
	if s.tok(j).is('/') || s.tok(j).is('.') {
		j++
	} else if t.key == "c" || t.key == "po" || t.key == "pl" {
		return i
	}
	lower := t.key == "calle" || t.key == "avenida" || t.key == "paseo"
	name := s.streetName(i, j, lower)
	if name == i {
		return i
	}
	j = name
	for k := 0; k < 3; k++ {
		n := s.tok(j)
		if n.is(',') || n.is('.') || n.is('°') || n.key == "no" || n.key == "n" || n.key == "num" || n.key == "numero" {
			j++
		}
	}
	if end := s.houseNumber(j); end > j && s.tok(end).role&roleUnit == 0 {
		return end
	}
	return i
}

// floorES passes "3º B", ", piso 2, puerta 4", "2ª izq.".
func (s *scan) floorES(end int) int {
	j := end
	for k := 0; k < 8; k++ {
		t := s.tok(j)
		switch {
		case t.is(',') || t.is('.') || t.is('-') || t.is('°'):
		case t.class == number && len(t.key) <= 2, t.class == mixed && len(t.key) <= 3, t.role&roleFloorES != 0,
			t.class == word && len(t.key) == 1 && t.capital:
			end = j + 1
			if s.tok(end).is('.') && s.tok(end+1).is(',') {
				j, end = j+1, end+1
			}
		default:
			return end
		}
		j++
	}
	return end
}
