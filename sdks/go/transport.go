package sautikit

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"syscall"
	"time"
)

const (
	firstWait   = 500 * time.Millisecond
	longestWait = 30 * time.Second
)

// RequestOption changes one request.
type RequestOption func(http.Header)

// IdempotencyKey makes a request that may start twice safe. One is made for you when it is left out.
func IdempotencyKey(key string) RequestOption {
	return func(header http.Header) { header.Set("Idempotency-Key", key) }
}

// Header sends a header of yours.
func Header(name, value string) RequestOption {
	return func(header http.Header) { header.Set(name, value) }
}

type sender struct {
	apiKey     string
	baseURL    string
	http       *http.Client
	timeout    time.Duration
	maxRetries int
}

type request struct {
	method string
	path   string
	query  any
	body   any
	// A file that is sent as a form.
	file     *[]byte
	takesKey bool
}

type reply struct {
	status int
	header http.Header
	body   []byte
}

// ask decodes the reply into what a method gives back.
func ask[Answer any](ctx context.Context, s *sender, asked request, options []RequestOption) (*Answer, error) {
	got, err := s.send(ctx, asked, options)
	if err != nil {
		return nil, err
	}
	answer := new(Answer)
	return answer, json.Unmarshal(got.body, answer)
}

// askInside is ask for a reply that wraps what was asked for.
func askInside[Answer any](ctx context.Context, s *sender, field string, asked request, options []RequestOption) (*Answer, error) {
	got, err := s.send(ctx, asked, options)
	if err != nil {
		return nil, err
	}
	var whole map[string]json.RawMessage
	if err := json.Unmarshal(got.body, &whole); err != nil {
		return nil, err
	}
	answer := new(Answer)
	return answer, json.Unmarshal(whole[field], answer)
}

func askNothing(ctx context.Context, s *sender, asked request, options []RequestOption) error {
	_, err := s.send(ctx, asked, options)
	return err
}

func askFile[Pending any](ctx context.Context, s *sender, asked request, options []RequestOption) (*File[Pending], error) {
	got, err := s.send(ctx, asked, options)
	if err != nil {
		return nil, err
	}
	if got.status == http.StatusFound {
		return &File[Pending]{URL: got.header.Get("Location")}, nil
	}
	file := &File[Pending]{Pending: new(Pending)}
	return file, json.Unmarshal(got.body, file.Pending)
}

// part is a value inside a path. An empty one would be another route, so it is refused by send.
func part(name, value string) string {
	if value == "" {
		return "\x00" + name + "\x00"
	}
	return url.PathEscape(value)
}

func (s *sender) send(ctx context.Context, asked request, options []RequestOption) (*reply, error) {
	if _, after, isEmpty := strings.Cut(asked.path, "\x00"); isEmpty {
		name, _, _ := strings.Cut(after, "\x00")
		return nil, fmt.Errorf("sautikit: %s must not be empty", name)
	}
	address := s.baseURL + asked.path
	query, err := encodeQuery(asked.query)
	if err != nil {
		return nil, err
	}
	if query != "" {
		address += "?" + query
	}
	header := s.header()
	body, err := encodeBody(asked, header)
	if err != nil {
		return nil, err
	}
	if asked.takesKey {
		header.Set("Idempotency-Key", newKey())
	}
	for _, option := range options {
		option(header)
	}
	return s.patiently(ctx, asked.method, address, header, body)
}

func (s *sender) patiently(ctx context.Context, method, address string, header http.Header, body []byte) (*reply, error) {
	for tried := 0; ; tried++ {
		got, err := s.once(ctx, method, address, header, body)
		if err == nil {
			return got, nil
		}
		wait, isSafe := waitFor(err, tried)
		if !isSafe || tried >= s.maxRetries {
			return nil, err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, unanswered(ctx, ctx.Err(), s.timeout)
		}
	}
}

func (s *sender) once(ctx context.Context, method, address string, header http.Header, body []byte) (*reply, error) {
	limited, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	asked, err := http.NewRequestWithContext(limited, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if len(body) == 0 {
		asked.Body = http.NoBody
	}
	asked.Header = header.Clone()
	answer, err := s.http.Do(asked)
	if err != nil {
		return nil, unanswered(ctx, err, s.timeout)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, unanswered(ctx, err, s.timeout)
	}
	if answer.StatusCode >= 400 {
		return nil, refused(answer.StatusCode, answer.Header, text)
	}
	return &reply{status: answer.StatusCode, header: answer.Header, body: text}, nil
}

func (s *sender) header() http.Header {
	header := http.Header{}
	header.Set("Authorization", "Bearer "+s.apiKey)
	header.Set("Accept", "application/json")
	header.Set("User-Agent", "sautikit-go/"+Version+" "+runtime.Version())
	return header
}

// waitFor says how long to wait before asking again, and whether that is safe at all.
func waitFor(err error, tried int) (time.Duration, bool) {
	var problem *Error
	if !errors.As(err, &problem) {
		return 0, false
	}
	isUndone := problem.Status == http.StatusTooManyRequests || problem.Status == http.StatusServiceUnavailable
	if !isUndone && !problem.unreached {
		return 0, false
	}
	if problem.RetryAfter != nil {
		return *problem.RetryAfter, *problem.RetryAfter <= longestWait
	}
	return time.Duration(float64(firstWait) * float64(int(1)<<tried) * (0.5 + mathrand.Float64()/2)), true
}

// unanswered says what kept an answer from coming.
func unanswered(ctx context.Context, err error, patience time.Duration) *Error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return &Error{Code: "aborted", Message: "The request was aborted.", cause: err}
	}
	var late net.Error
	if errors.Is(err, context.DeadlineExceeded) || (errors.As(err, &late) && late.Timeout()) {
		return &Error{Code: "timeout", Message: fmt.Sprintf("No answer within %s.", patience), cause: err}
	}
	var dialled *net.OpError
	unreached := errors.As(err, &dialled) && dialled.Op == "dial"
	for _, each := range []error{syscall.ECONNREFUSED, syscall.EHOSTUNREACH, syscall.ENETUNREACH} {
		unreached = unreached || errors.Is(err, each)
	}
	return &Error{Code: "connection_failed", Message: "No answer: " + err.Error(), cause: err, unreached: unreached}
}

func encodeBody(asked request, header http.Header) ([]byte, error) {
	if asked.file != nil {
		return encodeForm(*asked.file, header)
	}
	hasBody := asked.method != http.MethodGet && asked.method != http.MethodDelete
	if !hasBody && asked.body == nil {
		return nil, nil
	}
	header.Set("Content-Type", "application/json")
	if asked.body == nil {
		return []byte("{}"), nil
	}
	return json.Marshal(asked.body)
}

// encodeForm writes a file as multipart/form-data; what it is is seen by its content.
func encodeForm(file []byte, header http.Header) ([]byte, error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "file")
	if err != nil {
		return nil, err
	}
	if _, err := part.Write(file); err != nil {
		return nil, err
	}
	if err := form.Close(); err != nil {
		return nil, err
	}
	header.Set("Content-Type", form.FormDataContentType())
	return body.Bytes(), nil
}

// encodeQuery writes a struct the way a query has it; what is zero is left out.
func encodeQuery(params any) (string, error) {
	if params == nil {
		return "", nil
	}
	raw, err := json.Marshal(params)
	if err != nil {
		return "", err
	}
	var fields map[string]any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&fields); err != nil {
		return "", err
	}
	query := url.Values{}
	for name, value := range fields {
		if several, isList := value.([]any); isList {
			texts := make([]string, len(several))
			for at, each := range several {
				texts[at] = fmt.Sprint(each)
			}
			value = strings.Join(texts, ",")
		}
		query.Set(name, fmt.Sprint(value))
	}
	return query.Encode(), nil
}

// newKey is a random UUID.
func newKey() string {
	var raw [16]byte
	// It never fails: the process ends when the system has no randomness.
	_, _ = rand.Read(raw[:])
	raw[6] = raw[6]&0x0f | 0x40
	raw[8] = raw[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", raw[0:4], raw[4:6], raw[6:8], raw[8:10], raw[10:])
}
