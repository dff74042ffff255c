// Go's endless beside ours in the restart times: prints "Listening on ADDRESS" and answers / and /pid. Arguments as our test server's: testserver --addr ADDRESS.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"

	"github.com/fvbock/endless"
)

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprint(w, "Hello, World!")
	})
	mux.HandleFunc("/pid", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, os.Getpid())
	})
	server := endless.NewServer(os.Args[3], mux)
	server.BeforeBegin = func(address string) { fmt.Printf("Listening on %s, pid %d\n", address, os.Getpid()) }
	log.Print(server.ListenAndServe())
}
