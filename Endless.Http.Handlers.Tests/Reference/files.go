// http.ServeContent and http.FileServer.
package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

type fileCase struct {
	Root   string // of the file server; empty for a content
	Method string
	Target string
	Fields [][2]string
	Tag    string
	Size   int
	Name   string
}

type fileAnswer struct {
	Status int               `json:"status"`
	Fields map[string]string `json:"fields"`
	Body   []byte            `json:"body"`
}

func init() {
	modified := time.Date(2020, 1, 2, 3, 4, 5, 678000000, time.UTC)
	subjects["files"] = func(raw json.RawMessage) any {
		var one fileCase
		if err := json.Unmarshal(raw, &one); err != nil {
			panic(err)
		}
		r := httptest.NewRequest(one.Method, one.Target, nil)
		for _, field := range one.Fields {
			r.Header.Add(field[0], field[1])
		}
		w := httptest.NewRecorder()
		if one.Root != "" {
			http.FileServer(http.Dir(one.Root)).ServeHTTP(w, r)
		} else {
			if one.Tag != "" {
				w.Header().Set("ETag", one.Tag)
			}
			content := make([]byte, one.Size)
			for i := range content {
				content[i] = byte('a' + i%26)
			}
			http.ServeContent(w, r, one.Name, modified, bytes.NewReader(content))
		}
		result := w.Result()
		answer := fileAnswer{Status: result.StatusCode, Fields: map[string]string{}, Body: w.Body.Bytes()}
		for name, values := range result.Header {
			answer.Fields[name] = strings.Join(values, ", ")
		}
		return answer
	}
}
