// What Go's net/http makes of the cases that the tests of the same folder send: one JSON value a line in, one a line out.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

// subjects maps the first argument to the function that answers one case; each file of this folder adds its own.
var subjects = map[string]func(json.RawMessage) any{}

func main() {
	answer, known := subjects[os.Args[1]]
	if !known {
		fmt.Fprintln(os.Stderr, "no subject of that name:", os.Args[1])
		os.Exit(2)
	}
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	decoder := json.NewDecoder(in)
	for decoder.More() {
		var one json.RawMessage
		if err := decoder.Decode(&one); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if err := encoder.Encode(answer(one)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		out.Flush()
	}
}
