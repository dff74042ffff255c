//go:debug httpmuxgo121=0
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
)

func init() {
	subjects["mux"] = answerMux
	subjects["strip"] = answerStrip
}

type muxRequest struct{ Method, Host, Target string }

type muxResponse struct {
	Status   int    `json:"status"`
	Location string `json:"location"`
	Allow    string `json:"allow"`
	Body     string `json:"body"`
}

// receive makes of a request what a server makes of it; nil where the target is malformed.
func receive(one muxRequest) *http.Request {
	text := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\n\r\n", one.Method, one.Target, one.Host)
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
	if err != nil {
		return nil
	}
	return r
}

func answerMux(raw json.RawMessage) any {
	var one struct {
		Patterns, Names []string
		Requests        []muxRequest
	}
	if err := json.Unmarshal(raw, &one); err != nil {
		panic(err)
	}
	mux := http.NewServeMux()
	rejected := []int{}
	modern := false
	for i, pattern := range one.Patterns {
		pattern := pattern // before Go 1.22 all turns of the loop share one
		func() {
			defer func() {
				if recover() != nil {
					rejected = append(rejected, i)
				}
			}()
			mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
				fmt.Fprint(w, pattern)
				// Since Go 1.22.
				if values, ok := any(r).(interface{ PathValue(string) string }); ok {
					for _, name := range one.Names {
						fmt.Fprintf(w, " %s=%s", name, values.PathValue(name))
					}
				}
			})
		}()
	}
	_, modern = any(&http.Request{}).(interface{ PathValue(string) string })
	responses := []muxResponse{}
	for _, request := range one.Requests {
		r := receive(request)
		if r == nil {
			responses = append(responses, muxResponse{Status: 400})
			continue
		}
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		responses = append(responses, muxResponse{w.Code, w.Header().Get("Location"), w.Header().Get("Allow"), w.Body.String()})
	}
	return map[string]any{"modern": modern, "rejected": rejected, "responses": responses}
}

func answerStrip(raw json.RawMessage) any {
	var one struct{ Prefix, Target string }
	if err := json.Unmarshal(raw, &one); err != nil {
		panic(err)
	}
	var path, rawPath string
	handler := http.StripPrefix(one.Prefix, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, rawPath = r.URL.Path, r.URL.EscapedPath()
	}))
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, receive(muxRequest{"GET", "a", one.Target}))
	return map[string]any{"status": w.Code, "path": path, "rawPath": rawPath}
}
