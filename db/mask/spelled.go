package mask

// spelled finds numbers in words: "oh seven seven double oh nine hundred …" is how people dictate a telephone number.
func (s *scan) spelled() {
	for i := 0; i < len(s.tokens); i++ {
		end, words := s.spelledRun(i)
		if words >= 7 && (s.says(i, end, rolePhone) || words >= 9 && zero(s.tok(i).key)) && !s.against(i) {
			s.claim(i, end, Phone)
		}
		i = max(i, end-1)
	}
}

// spelledRun returns the end of the number words from token i on, and their count; commas and dashes may part them.
func (s *scan) spelledRun(i int) (end, words int) {
	end = i
	for j := i; j < len(s.tokens) && words < 24; j++ {
		t := s.tok(j)
		switch {
		case t.role&roleSpelled != 0 && t.class == word:
			words++
			end = j + 1
		case words == 0 || !t.is(',') && !t.is('-') && t.key != "et":
			return end, words
		}
	}
	return end, words
}

func zero(key string) bool {
	switch key {
	case "zero", "oh", "null", "cero":
		return true
	}
	return false
}
