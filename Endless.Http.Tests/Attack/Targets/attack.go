// The routes that are attacked, on Go's net/http with its defaults.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

func main() {
	piece := make([]byte, 64*1024)
	big := func(w http.ResponseWriter, r *http.Request) {
		for i := 0; i < 64; i++ {
			if _, err := w.Write(piece); err != nil {
				return
			}
		}
	}
	http.HandleFunc("/quick", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "quick") })
	http.HandleFunc("/block", func(w http.ResponseWriter, r *http.Request) {
		milliseconds, _ := strconv.Atoi(r.URL.Query().Get("ms"))
		time.Sleep(time.Duration(milliseconds) * time.Millisecond)
		io.WriteString(w, "blocked")
	})
	http.HandleFunc("/big", big)
	http.HandleFunc("/big-sync", big)
	http.HandleFunc("/read", func(w http.ResponseWriter, r *http.Request) {
		count, _ := io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, count)
	})
	http.HandleFunc("/throw", func(w http.ResponseWriter, r *http.Request) { panic("thrown as asked for") })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Printf("Listening on %s, pid %d\n", listener.Addr(), os.Getpid())
	panic(http.Serve(listener, nil))
}
