package main

import (
	"encoding/json"
	"io"
	"log"
	"net/http"
	"time"
)

type setCookieCase struct {
	Name, Value, Path, Domain string
	Expires                   int64 // seconds of Unix time; 0 for none
	MaxAge                    int   // as Go has it
	Secure, HttpOnly          bool
	SameSite                  int // Go's constants
}

func init() {
	log.SetOutput(io.Discard) // what is dropped is logged
	subjects["cookies"] = func(one json.RawMessage) any {
		var lines []string
		if err := json.Unmarshal(one, &lines); err != nil {
			panic(err)
		}
		r := http.Request{Header: http.Header{"Cookie": lines}}
		found := []string{}
		for _, cookie := range r.Cookies() {
			found = append(found, cookie.Name, cookie.Value)
		}
		return found
	}
	subjects["set-cookie"] = func(one json.RawMessage) any {
		var c setCookieCase
		if err := json.Unmarshal(one, &c); err != nil {
			panic(err)
		}
		cookie := http.Cookie{Name: c.Name, Value: c.Value, Path: c.Path, Domain: c.Domain, MaxAge: c.MaxAge, Secure: c.Secure, HttpOnly: c.HttpOnly, SameSite: http.SameSite(c.SameSite)}
		if c.Expires != 0 {
			cookie.Expires = time.Unix(c.Expires, 0)
		}
		return cookie.String()
	}
}
