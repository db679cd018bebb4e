package main

import (
	"context"
	"flag"
	"fmt"

	"quittance/db/audit"
)

// serviceSearch links the search skill of an Assistant to a Discovery service, which may lie here or elsewhere.
func serviceSearch(fs *flag.FlagSet) action {
	with := fs.String("with", "", "`ID`, number or name of the Discovery service that searches are passed on to")
	place := fs.String("in", "", "where there: `projects/P` (v2) or environments/E/collections/C (v1)")
	none := fs.Bool("none", false, "pass searches on no longer")
	return func(ctx context.Context, c *call) error {
		id, err := c.one("Assistant")
		if err != nil {
			return err
		}
		if *none == (*with != "") || *none && *place != "" {
			return misuse("say with -with and -in where searches go, or -none")
		}
		v, err := c.service(ctx, id)
		if err != nil {
			return err
		}
		var discovery int64
		if !*none {
			d, err := c.service(ctx, *with)
			if err != nil {
				return err
			}
			discovery = d.Number
		}
		if err := c.store.SetSearch(ctx, audit.Operator, v.Number, discovery, *place); err != nil {
			return err
		}
		if *none {
			fmt.Fprintln(c.out, "Searches are passed on no longer. What was passed on lies there still.")
			return nil
		}
		fmt.Fprintln(c.out, "Messages of the type \"search\" are passed on with their customer IDs. A deletion by API at the Assistant does not reach there; an erasure from the console does.")
		return nil
	}
}
