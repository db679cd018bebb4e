package main

import (
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"

	"quittance/handlers/logfile"
)

// bar shows how far a file is, on a terminal; elsewhere it is silent. It counts bytes of the file as it lies there.
type bar struct{ *progressbar.ProgressBar }

func (i *importing) progress(s *logfile.Source) *bar {
	if i.width == 0 {
		return &bar{}
	}
	return &bar{progressbar.NewOptions64(s.Size, progressbar.OptionSetWriter(i.err), progressbar.OptionSetDescription("importing"),
		progressbar.OptionShowBytes(true), progressbar.OptionSetPredictTime(true), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetWidth(max(10, min(40, i.width-60))), progressbar.OptionOnCompletion(func() { fmt.Fprintln(i.err) }))}
}

func (b *bar) at(bytes int64) {
	if b.ProgressBar != nil {
		b.Set64(bytes)
	}
}

// end leaves the bar where the import stopped.
func (b *bar) end() {
	if b.ProgressBar != nil {
		b.Exit()
	}
}
