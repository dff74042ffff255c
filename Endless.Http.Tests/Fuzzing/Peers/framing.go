// Answers with what it read of a request, as FramingHandlers does: method, target and body, which is what two hops must agree on.
package main

import (
	"fmt"
	"hash/fnv"
	"io"
	"log"
	"net"
	"net/http"
	"os"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	server := &http.Server{Handler: http.HandlerFunc(serve), ErrorLog: log.New(io.Discard, "", 0)}
	go server.Serve(listener)
	io.Copy(io.Discard, os.Stdin) // until who started it is gone
}

func serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.Header().Set("Connection", "close")
		http.Error(w, "400 Bad Request: body: "+err.Error(), http.StatusBadRequest)
		return
	}
	reading := fnv.New64a()
	io.WriteString(reading, r.Method+"\x00"+r.RequestURI+"\x00")
	reading.Write(body)
	w.Header().Set("X-Reading", fmt.Sprintf("%016x", reading.Sum64()))
}
