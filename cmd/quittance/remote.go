package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// remote has the running server carry out the command, and passes on what it says. When ctx ends the command is asked to stop, and its
// last words are waited for.
func (c *call) remote(ctx context.Context, f *framed, args []string) error {
	defer f.Close()
	body, err := json.Marshal(request{Args: args, Cwd: c.cwd, Env: c.env, Width: c.width})
	if err == nil {
		err = f.send(frameRequest, body)
	}
	if err != nil {
		return fmt.Errorf("handing the command to the running server: %w", err)
	}
	defer context.AfterFunc(ctx, func() { f.send(frameCancel, nil) })()
	wants := make(chan struct{}, 1)
	defer close(wants)
	go c.feed(f, wants)
	for {
		kind, body, err := f.receive()
		if err != nil {
			return errors.New("the running server ended before the command did; run it again")
		}
		if code, ended, err := c.heard(kind, body, wants); ended || err != nil {
			return errors.Join(err, code)
		}
	}
}

// heard acts on one frame of the server.
func (c *call) heard(kind byte, body []byte, wants chan<- struct{}) (code error, ended bool, err error) {
	switch kind {
	case frameOut:
		_, err = c.out.Write(body)
	case frameErr:
		_, err = c.err.Write(body)
	case frameWant:
		wants <- struct{}{}
	case frameExit:
		if len(body) == 1 && body[0] != 0 {
			code = exitCode(body[0])
		}
		return code, true, nil
	}
	return nil, false, err
}

// feed sends a piece of standard input each time the command wants one.
func (c *call) feed(f *framed, wants <-chan struct{}) {
	piece := make([]byte, pieceBytes)
	for range wants {
		n, err := c.in.Read(piece)
		for n == 0 && err == nil {
			n, err = c.in.Read(piece)
		}
		if f.send(frameInput, piece[:n]) != nil {
			return
		}
	}
}
