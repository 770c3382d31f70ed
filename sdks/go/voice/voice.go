// Package voice builds voice documents: what a voice URL answers.
package voice

import (
	"encoding/json"
	"errors"
)

// ActionsMax is how many actions a document may have.
const ActionsMax = 50

// ErrTooLong says that a document has too many actions; continue with a redirect.
var ErrTooLong = errors.New("voice: a document has at most 50 actions; continue with a redirect")

// Action is one verb with its attributes; the functions of this package make them.
type Action interface {
	json.Marshaler
	verb() string
}

// Prompt is an action that may be heard while keys are collected.
type Prompt interface {
	Action
	isPrompt()
}

type one struct {
	name       string
	attributes map[string]any
}

func (o one) verb() string { return o.name }

// MarshalJSON writes the verb as the only key of an object.
func (o one) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{o.name: o.attributes})
}

type prompt struct{ one }

func (prompt) isPrompt() {}

// with puts options beside what must be there; what was left out stays out.
func with[Options any](attributes map[string]any, options []Options) map[string]any {
	for _, each := range options {
		// Structs of texts, numbers and lists always become JSON.
		raw, _ := json.Marshal(each)
		_ = json.Unmarshal(raw, &attributes)
	}
	return attributes
}

// Document is a list of actions.
type Document struct {
	Actions []Action
}

// Response puts actions together: Response(Say("Habari."), Hangup()).
func Response(actions ...Action) Document { return Document{Actions: actions} }

// MarshalJSON writes the document; ErrTooLong when it has too many actions.
func (d Document) MarshalJSON() ([]byte, error) {
	if len(d.Actions) > ActionsMax {
		return nil, ErrTooLong
	}
	actions := d.Actions
	if actions == nil {
		actions = []Action{}
	}
	return json.Marshal(map[string]any{"actions": actions})
}

// UnmarshalJSON reads a document that was written before.
func (d *Document) UnmarshalJSON(raw []byte) error {
	var told struct {
		Actions []map[string]map[string]any `json:"actions"`
	}
	if err := json.Unmarshal(raw, &told); err != nil {
		return err
	}
	d.Actions = nil
	for _, each := range told.Actions {
		if len(each) != 1 {
			return errors.New("voice: an action has exactly one verb")
		}
		for name, attributes := range each {
			d.Actions = append(d.Actions, one{name, attributes})
		}
	}
	return nil
}

// Builder is a document that grows verb by verb: New().Say("Habari.").Hangup().Document().
type Builder struct{ actions []Action }

// New begins a document.
func New() *Builder { return &Builder{} }

// Add puts actions at the end.
func (b *Builder) Add(actions ...Action) *Builder {
	b.actions = append(b.actions, actions...)
	return b
}

// Document returns what was built so far.
func (b *Builder) Document() Document { return Response(b.actions...) }
