//go:build !linux

package main

import "net"

// sameUser relies on the permissions of the socket (0600) and of its directory (0700), where the system names no peer.
func sameUser(net.Conn) bool { return true }
