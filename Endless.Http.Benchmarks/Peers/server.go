// The peer "Go net/http": prints "Listening on ADDRESS" and answers what its peers answer. Arguments: the address, and certificate and key files to speak TLS.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

type message struct {
	Message string `json:"message"`
}

func main() {
	hello := []byte("Hello, World!")
	mebibyte := bytes.Repeat([]byte("x"), 1<<20)
	mux := http.NewServeMux()
	mux.HandleFunc("/plaintext", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		w.Write(hello)
	})
	mux.HandleFunc("/json", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		text, _ := json.Marshal(message{"Hello, World!"})
		w.Write(text)
	})
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Length", strconv.FormatInt(r.ContentLength, 10))
		body, _ := io.ReadAll(r.Body) // whole: once a response begins, Go discards what was not read
		w.Write(body)
	})
	mux.HandleFunc("/big", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Length", "1048576")
		w.Write(mebibyte)
	})
	mux.HandleFunc("/chunked", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		for i := 0; i < 16; i++ {
			w.Write(mebibyte[:1024])
			w.(http.Flusher).Flush()
		}
	})
	mux.HandleFunc("/block", func(w http.ResponseWriter, r *http.Request) {
		milliseconds, err := strconv.Atoi(r.URL.Query().Get("ms"))
		if err != nil {
			milliseconds = 10
		}
		time.Sleep(time.Duration(milliseconds) * time.Millisecond)
		w.Write(hello)
	})
	// Patterns have wildcards only since Go 1.22, so the parameters are cut out by hand, as one did before.
	for i := 0; i < 100; i++ {
		prefix := fmt.Sprintf("/r%d/", i)
		mux.HandleFunc(prefix, func(w http.ResponseWriter, r *http.Request) {
			parts := strings.Split(r.URL.Path[len(prefix):], "/")
			if len(parts) != 3 || parts[1] != "posts" {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", "text/plain")
			io.WriteString(w, parts[0]+" "+parts[2])
		})
	}

	listener, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("Listening on %s, pid %d\n", listener.Addr(), os.Getpid())
	if len(os.Args) == 4 {
		err = http.ServeTLS(listener, mux, os.Args[2], os.Args[3])
	} else {
		err = http.Serve(listener, mux)
	}
	fmt.Fprintln(os.Stderr, err)
}
