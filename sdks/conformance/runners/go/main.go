// Command conformance runs the steps of the suite with the Go SDK: one JSON a line in, one JSON a line out.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/sautikit/go"
	"github.com/sautikit/go/voice"
)

type step struct {
	Do     string
	Client struct {
		APIKey     string `json:"api_key"`
		BaseURL    string `json:"base_url"`
		MaxRetries *int   `json:"max_retries"`
		TimeoutMS  int    `json:"timeout_ms"`
	}
	Args      []string
	Params    json.RawMessage
	Key       string
	Rows      bool
	Method    string
	Path      string
	Query     map[string]any
	Body      json.RawMessage
	Style     string
	Actions   [][2]json.RawMessage
	Signature string
	Secrets   json.RawMessage
	Tolerance int
	Now       int64
	URL       string
	Last      string
}

type invalid struct{ told string }

func (i invalid) Error() string { return i.told }

func client(told step) (*sautikit.Client, error) {
	// A client of its own shares no kept connections with the steps before.
	fresh := &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
	options := []sautikit.Option{
		sautikit.WithAPIKey(told.Client.APIKey), sautikit.WithBaseURL(told.Client.BaseURL), sautikit.WithHTTPClient(fresh),
	}
	if told.Client.MaxRetries != nil {
		options = append(options, sautikit.WithMaxRetries(*told.Client.MaxRetries))
	}
	if told.Client.TimeoutMS != 0 {
		options = append(options, sautikit.WithTimeout(time.Duration(told.Client.TimeoutMS)*time.Millisecond))
	}
	return sautikit.New(options...)
}

// exported is a name of the wire as Go has it; the case of letters is left to the search.
func exported(value reflect.Value, name string, isMethod bool) (reflect.Value, error) {
	wanted := strings.ReplaceAll(name, "_", "")
	kind := value.Type()
	if isMethod {
		for at := range kind.NumMethod() {
			if strings.EqualFold(kind.Method(at).Name, wanted) {
				return value.Method(at), nil
			}
		}
		return value, fmt.Errorf("there is no method %s", name)
	}
	found := reflect.Indirect(value).FieldByNameFunc(func(each string) bool { return strings.EqualFold(each, wanted) })
	if !found.IsValid() {
		return value, fmt.Errorf("there is no field %s", name)
	}
	return found, nil
}

func call(told step) (any, error) {
	made, err := client(told)
	if err != nil {
		return nil, invalid{err.Error()}
	}
	switch told.Do {
	case "request":
		return plain(made, told)
	case "stream":
		return stream(made, told)
	}
	resource, verb, _ := strings.Cut(told.Do, ".")
	noun, err := exported(reflect.ValueOf(made), resource, false)
	if err != nil {
		return nil, err
	}
	method, err := exported(noun, verb, true)
	if err != nil {
		return nil, err
	}
	given := []reflect.Value{reflect.ValueOf(context.Background())}
	for _, each := range told.Args {
		given = append(given, reflect.ValueOf(each))
	}
	if kind := method.Type(); kind.NumIn()-1 > len(given) {
		params := reflect.New(kind.In(len(given)))
		if len(told.Params) > 0 {
			if err := json.Unmarshal(told.Params, params.Interface()); err != nil {
				return nil, invalid{err.Error()}
			}
		}
		given = append(given, params.Elem())
	}
	if told.Key != "" {
		given = append(given, reflect.ValueOf(sautikit.IdempotencyKey(told.Key)))
	}
	return answer(method.Call(given), told.Rows)
}

// answer takes a page or every row of a list, and the error of anything.
func answer(got []reflect.Value, rows bool) (any, error) {
	last := got[len(got)-1]
	if pages := last.MethodByName("Page"); pages.IsValid() {
		if rows {
			return all(last.MethodByName("All").Call(nil)[0])
		}
		got = pages.Call(nil)
		last = got[1]
	}
	if err, isError := last.Interface().(error); isError {
		return nil, err
	}
	if len(got) == 1 {
		return nil, nil
	}
	return got[0].Interface(), nil
}

func all(walk reflect.Value) (any, error) {
	rows := []any{}
	var problem error
	take := reflect.MakeFunc(walk.Type().In(0), func(each []reflect.Value) []reflect.Value {
		if err, isError := each[1].Interface().(error); isError {
			problem = err
		} else {
			rows = append(rows, each[0].Interface())
		}
		return []reflect.Value{reflect.ValueOf(problem == nil)}
	})
	walk.Call([]reflect.Value{take})
	return rows, problem
}

func plain(made *sautikit.Client, told step) (any, error) {
	path := told.Path
	for name, value := range told.Query {
		path += fmt.Sprintf("?%s=%v", name, value)
	}
	var body, reply any
	if len(told.Body) > 0 {
		body = told.Body
	}
	err := made.Request(context.Background(), told.Method, path, body, &reply)
	return reply, err
}

func stream(made *sautikit.Client, told step) (any, error) {
	found := []map[string]any{}
	for message, err := range made.Stream(context.Background(), told.URL, told.Last) {
		if err != nil {
			return nil, err
		}
		found = append(found, map[string]any{"name": message.Name, "number": message.Number, "data": message.Data})
	}
	return found, nil
}

var functions = map[string]any{
	"say": voice.Say, "play": voice.Play, "pause": voice.Pause, "getDigits": voice.GetDigits,
	"dial": voice.Dial, "dialNumbers": voice.DialNumbers, "record": voice.Record,
	"redirect": voice.Redirect, "reject": voice.Reject, "hangup": voice.Hangup,
}

func build(told step) (any, error) {
	builder := voice.New()
	var actions []voice.Action
	for _, each := range told.Actions {
		var verb string
		if err := json.Unmarshal(each[0], &verb); err != nil {
			return nil, err
		}
		made, err := one(verb, each[1], builder, told.Style == "fluent")
		if err != nil {
			return nil, err
		}
		if made != nil {
			actions = append(actions, made)
		}
	}
	document := builder.Document()
	if told.Style != "fluent" {
		document = voice.Response(actions...)
	}
	if _, err := json.Marshal(document); errors.Is(err, voice.ErrTooLong) {
		return nil, invalid{err.Error()}
	}
	return document, nil
}

// one adds a verb to the builder, or returns the action of a function.
func one(verb string, raw json.RawMessage, builder *voice.Builder, fluent bool) (voice.Action, error) {
	var given map[string]json.RawMessage
	if err := json.Unmarshal(raw, &given); err != nil {
		return nil, err
	}
	name := verb
	if verb == "dial" {
		_, hasOne := given["number"]
		_, hasSeveral := given["numbers"]
		if hasOne == hasSeveral {
			return nil, invalid{"Dial and DialNumbers are different functions"}
		}
		if hasSeveral {
			name = "dialNumbers"
		}
	}
	function := reflect.ValueOf(functions[name])
	if fluent {
		found, err := exported(reflect.ValueOf(builder), name, true)
		if err != nil {
			return nil, invalid{err.Error()}
		}
		function = found
	}
	if !function.IsValid() {
		return nil, invalid{"there is no verb " + verb}
	}
	arguments, err := arguments(function.Type(), given)
	if err != nil {
		return nil, err
	}
	made := function.Call(arguments)
	if fluent {
		return nil, nil
	}
	return made[0].Interface().(voice.Action), nil
}

// arguments are what stands before the options, and the options.
func arguments(kind reflect.Type, given map[string]json.RawMessage) ([]reflect.Value, error) {
	var found []reflect.Value
	if kind.NumIn() > 0 && !(kind.IsVariadic() && kind.NumIn() == 1) {
		first := reflect.New(kind.In(0))
		for _, name := range []string{"text", "url", "number", "numbers"} {
			if raw, isGiven := given[name]; isGiven {
				if err := json.Unmarshal(raw, first.Interface()); err != nil {
					return nil, invalid{err.Error()}
				}
				delete(given, name)
				found = append(found, first.Elem())
			}
		}
		if len(found) == 0 {
			return nil, invalid{"it does not compile without its first argument"}
		}
	}
	nested := given["nested"]
	delete(given, "nested")
	if !kind.IsVariadic() || (len(given) == 0 && nested == nil) {
		return found, nil
	}
	options := reflect.New(kind.In(kind.NumIn() - 1).Elem())
	raw, err := json.Marshal(given)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, options.Interface()); err != nil {
		return nil, invalid{err.Error()}
	}
	if nested != nil {
		prompts, err := prompts(nested)
		if err != nil {
			return nil, err
		}
		options.Elem().FieldByName("Nested").Set(reflect.ValueOf(prompts))
	}
	return append(found, options.Elem()), nil
}

func prompts(raw json.RawMessage) ([]voice.Prompt, error) {
	var told [][2]json.RawMessage
	if err := json.Unmarshal(raw, &told); err != nil {
		return nil, err
	}
	var found []voice.Prompt
	for _, each := range told {
		var verb string
		if err := json.Unmarshal(each[0], &verb); err != nil {
			return nil, err
		}
		made, err := one(verb, each[1], nil, false)
		if err != nil {
			return nil, err
		}
		prompt, isPrompt := made.(voice.Prompt)
		if !isPrompt {
			return nil, invalid{verb + " is no Prompt"}
		}
		found = append(found, prompt)
	}
	return found, nil
}

func verify(told step) (any, error) {
	var body string
	var one string
	var secrets []string
	if err := json.Unmarshal(told.Body, &body); err != nil {
		return nil, err
	}
	if json.Unmarshal(told.Secrets, &one) == nil {
		secrets = []string{one}
	} else if err := json.Unmarshal(told.Secrets, &secrets); err != nil {
		return nil, err
	}
	verifier := sautikit.Verifier{
		Secrets:   secrets,
		Tolerance: time.Duration(told.Tolerance) * time.Second,
		Now:       func() time.Time { return time.Unix(told.Now, 0) },
	}
	if told.Do == "event" {
		return verifier.Event([]byte(body), told.Signature)
	}
	return verifier.Verify([]byte(body), told.Signature) == nil, nil
}

func run(told step) (any, error) {
	switch told.Do {
	case "build":
		return build(told)
	case "verify", "event":
		return verify(told)
	}
	return call(told)
}

func said(told step) map[string]any {
	answer, err := run(told)
	var refused *sautikit.Error
	var wrong invalid
	switch {
	case err == nil:
		return map[string]any{"ok": answer}
	case errors.Is(err, sautikit.ErrSignature):
		return map[string]any{"unsigned": true}
	case errors.As(err, &refused):
		return map[string]any{"error": problem(refused)}
	case errors.As(err, &wrong), strings.HasPrefix(err.Error(), "sautikit: "):
		return map[string]any{"invalid": err.Error()}
	}
	return map[string]any{"broken": err.Error()}
}

func problem(it *sautikit.Error) map[string]any {
	text := func(told string) any {
		if told == "" {
			return nil
		}
		return told
	}
	fields := it.Fields
	if fields == nil {
		fields = []sautikit.FieldError{}
	}
	var seconds any
	if it.RetryAfter != nil {
		seconds = int(it.RetryAfter.Seconds())
	}
	return map[string]any{
		"status": it.Status, "code": it.Code, "message": it.Message, "request_id": text(it.RequestID),
		"doc_url": text(it.DocURL), "fields": fields, "retry_after_seconds": seconds,
	}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<22)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for lines.Scan() {
		var told step
		if err := json.Unmarshal(lines.Bytes(), &told); err != nil {
			panic(err)
		}
		if err := out.Encode(said(told)); err != nil {
			panic(err)
		}
	}
}
