package main

import (
	"net"
	"os"
	"syscall"
)

// sameUser tells whether the other end of a socket is of our own account (SO_PEERCRED, unix(7)), should the socket's permissions ever
// let somebody else through.
func sameUser(conn net.Conn) bool {
	raw, err := conn.(*net.UnixConn).SyscallConn()
	if err != nil {
		return false
	}
	var cred *syscall.Ucred
	var asking error
	err = raw.Control(func(fd uintptr) {
		cred, asking = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	})
	return err == nil && asking == nil && cred.Uid == uint32(os.Getuid())
}
