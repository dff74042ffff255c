package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"sort"
)

type formCase struct {
	Type string // Content-Type
	Body []byte
}

type formAnswer struct {
	Error  bool
	Values [][][]byte // name and value, sorted by name; in order within a name
	Files  [][][]byte // name, file name and content, likewise
}

func init() { subjects["forms"] = answerForm }

func answerForm(one json.RawMessage) any {
	var c formCase
	if err := json.Unmarshal(one, &c); err != nil {
		panic(err)
	}
	r, err := http.NewRequest("POST", "/", bytes.NewReader(c.Body))
	if err != nil {
		panic(err)
	}
	r.Header.Set("Content-Type", c.Type)
	answer := formAnswer{Values: [][][]byte{}, Files: [][][]byte{}}
	if err := r.ParseForm(); err != nil { // which ParseMultipartForm says of multipart bodies only
		answer.Error = true
		return answer
	}
	if err := r.ParseMultipartForm(1 << 20); err != nil && err != http.ErrNotMultipart {
		answer.Error = true
		return answer
	}
	values := map[string][]string(r.PostForm)
	for _, name := range sortedKeys(values) {
		for _, value := range values[name] {
			answer.Values = append(answer.Values, [][]byte{[]byte(name), []byte(value)})
		}
	}
	if r.MultipartForm != nil {
		names := []string{}
		for name := range r.MultipartForm.File {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			for _, file := range r.MultipartForm.File[name] {
				content, err := file.Open()
				if err != nil {
					panic(err)
				}
				all, err := io.ReadAll(content)
				if err != nil {
					panic(err)
				}
				answer.Files = append(answer.Files, [][]byte{[]byte(name), []byte(file.Filename), all})
			}
		}
	}
	return answer
}

func sortedKeys(values map[string][]string) []string {
	names := []string{}
	for name := range values {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
