package label

import (
	"net/url"
	"slices"
	"strings"
)

// Header is the HTTP header that carries labels: customer_id=A;customer_id=B.
const Header = "X-Watson-Metadata"

// ParseHeader reads the labels from the values of the header, several values being one list: duplicates are dropped, the
// order is kept. No header is no label (nil, nil). All errors are *Error.
//
// A header that was sent but cannot be understood is an error and not "no label": data stored without the label that its
// sender meant could not be erased by it. So a blank ID, a misspelt field and an empty header are refused, except by
// Discovery, whose documents say that other pairs are tolerated and that a blank customer_id is no label. A second '='
// is refused even there; with it falls what a proxy makes of two headers by joining them with a comma (RFC 9110,
// section 5.3), because a comma is a legal part of an ID and cannot be taken for a separator.
//
// What carries no meaning is forgiven: spaces and tabs around fields and values, empty segments as in a trailing ';'.
func ParseHeader(kind Kind, values []string) ([]ID, error) {
	r, known := rules[kind]
	if !known {
		return nil, &Error{"kind", "is not one that carries labels"}
	}
	if len(values) == 0 {
		return nil, nil
	}
	if total(values) > r.maxHeader {
		return nil, &Error{Header, "is too long"}
	}
	var ids []ID
	for _, pair := range strings.Split(strings.Join(values, ";"), ";") {
		id, err := parsePair(kind, r, pair)
		if err != nil {
			return nil, err
		}
		if !id.IsZero() && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 && !r.lenient {
		return nil, &Error{Header, "is empty; it must be customer_id=ID, or left out for data that has no label"}
	}
	return ids, nil
}

// parsePair reads one field=value; the zero ID says that the pair holds no label and that this is no error.
func parsePair(kind Kind, r rule, pair string) (ID, error) {
	if pair = strings.Trim(pair, " \t"); pair == "" {
		return ID{}, nil
	}
	field, value, ok := strings.Cut(pair, "=")
	field, value = strings.Trim(field, " \t"), strings.Trim(value, " \t")
	switch {
	case !ok || field == "":
		return ID{}, &Error{Header, "must consist of customer_id=ID pairs that are separated by ';'"}
	case strings.Contains(value, "="):
		return ID{}, &Error{Header, "must not have a second '=' in a pair"}
	case r.lenient && (field != "customer_id" || strings.TrimSpace(value) == ""):
		return ID{}, nil
	case field != "customer_id":
		return ID{}, &Error{Header, "may only have the field customer_id"}
	}
	return parseValue(kind, r, value)
}

// parseValue decodes an ID where the kind asks for it, after the header was split: an encoded ';' or '=' separates nothing
// and is refused as part of the ID. '+' is not read as a space; it is as illegal in an ID as the space would be.
func parseValue(kind Kind, r rule, value string) (ID, error) {
	if r.encoded {
		decoded, err := url.PathUnescape(value)
		if err != nil { // its text would quote the ID
			return ID{}, &Error{"customer_id", "must be URL-encoded: '%' is not followed by two hexadecimal digits"}
		}
		value = decoded
	}
	return Parse(kind, value)
}

func total(values []string) (n int) {
	for _, v := range values {
		n += len(v)
	}
	return n
}
