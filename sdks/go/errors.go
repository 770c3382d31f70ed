package sautikit

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Error is a request that was refused, or that got no answer (then Status is 0).
type Error struct {
	Status int
	// Code is stable; decide on it. Without an answer it is timeout, aborted or connection_failed.
	Code string
	// Message is for people; it may change.
	Message string
	// RequestID is for support.
	RequestID string
	// DocURL is the page of the code.
	DocURL string
	Fields []FieldError
	// RetryAfter is how long the API asks to wait; nil when it does not.
	RetryAfter *time.Duration
	// Body is the reply as it came.
	Body []byte

	cause     error
	unreached bool
}

// FieldError names a field of the request and what is wrong with it.
type FieldError struct {
	Path    string `json:"path"`
	Message string `json:"message"`
}

// Error says everything on one line.
func (e *Error) Error() string {
	if e.Status == 0 {
		return fmt.Sprintf("sautikit: %s: %s", e.Code, e.Message)
	}
	return fmt.Sprintf("sautikit: %d %s: %s (%s)", e.Status, e.Code, e.Message, e.RequestID)
}

// Unwrap returns what kept an answer from coming.
func (e *Error) Unwrap() error { return e.cause }

// told is either shape of a refusal: the envelope, or a bare code and reason.
type told struct {
	Code      string       `json:"code"`
	Message   string       `json:"message"`
	Reason    string       `json:"reason"`
	RequestID string       `json:"request_id"`
	DocURL    string       `json:"doc_url"`
	Fields    []FieldError `json:"fields"`
}

func refused(status int, header http.Header, body []byte) *Error {
	var bare told
	var whole struct {
		Error *told `json:"error"`
	}
	// What is not JSON, or not of this shape, leaves the code to the status.
	_ = json.Unmarshal(body, &bare)
	if json.Unmarshal(body, &whole) == nil && whole.Error != nil {
		bare = *whole.Error
	}
	made := &Error{Status: status, Code: bare.Code, Message: bare.Message, RequestID: bare.RequestID, DocURL: bare.DocURL, Fields: bare.Fields, Body: body}
	if made.Code == "" {
		made.Code = "http_" + strconv.Itoa(status)
	}
	if made.Message == "" {
		made.Message = bare.Reason
	}
	if made.Message == "" {
		made.Message = fmt.Sprintf("The API answered %d.", status)
	}
	if made.RequestID == "" {
		made.RequestID = header.Get("X-Request-Id")
	}
	if seconds, err := strconv.ParseUint(header.Get("Retry-After"), 10, 32); err == nil {
		wait := time.Duration(seconds) * time.Second
		made.RetryAfter = &wait
	}
	return made
}
