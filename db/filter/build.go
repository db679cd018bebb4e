package filter

// Is makes the filter field::value for a value as it is, whatever characters it holds.
func Is(field, value string) Expr {
	return cond{path: field, op: "::", values: [][]term{{{parts: []string{value}}}}}
}
