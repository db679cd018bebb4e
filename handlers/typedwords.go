package handlers

import (
	"net/http"

	"quittance/views/lang"
)

// typedAs tells whether somebody typed the words that confirm an act: as the form shows them in the reader's language, or in English, in which a
// colleague or the manual may have spelt them out.
func typedAs(r *http.Request, typed string, words lang.Word) bool {
	return typed == lang.T(r.Context(), words) || typed == lang.InEnglish(words)
}

// mistyped is what stands beside the field of words that were typed otherwise.
func mistyped(words lang.Word) lang.Word {
	return lang.Said("Type the words exactly as they stand: {words}", "words", words)
}
