package main

import (
	"context"
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"
)

// versionCommand prints the module's version. Builds from a working copy have none: the build names no commit (DECISIONS.md).
func versionCommand(*flag.FlagSet) action {
	return func(_ context.Context, c *call) error {
		version := "(devel)"
		if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
			version = info.Main.Version
		}
		fmt.Fprintln(c.out, "quittance", version, runtime.Version())
		return c.none()
	}
}
