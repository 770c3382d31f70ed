package sautikit

import "encoding/json"

// Ptr points to a value, for fields where leaving out and the zero value are not the same.
func Ptr[T any](value T) *T { return &value }

// Nullable is a field that can be left out, be null or have a value.
type Nullable[T any] struct {
	value *T
	isSet bool
}

// Value is a Nullable with a value.
func Value[T any](value T) Nullable[T] { return Nullable[T]{value: &value, isSet: true} }

// Null is a Nullable that takes away what is there.
func Null[T any]() Nullable[T] { return Nullable[T]{isSet: true} }

// IsZero tells whether the field is left out.
func (n Nullable[T]) IsZero() bool { return !n.isSet }

// MarshalJSON writes the value or null.
func (n Nullable[T]) MarshalJSON() ([]byte, error) { return json.Marshal(n.value) }

// UnmarshalJSON reads a value or null.
func (n *Nullable[T]) UnmarshalJSON(raw []byte) error {
	n.isSet = true
	return json.Unmarshal(raw, &n.value)
}

// OneOrMore is one text or several: OneOrMore{"+254712345678"}.
type OneOrMore []string

// MarshalJSON writes one as a text and several as a list.
func (o OneOrMore) MarshalJSON() ([]byte, error) {
	if len(o) == 1 {
		return json.Marshal(o[0])
	}
	return json.Marshal([]string(o))
}

// UnmarshalJSON reads a text or a list.
func (o *OneOrMore) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*o = OneOrMore{one}
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(o))
}

// File is a file that can be fetched from URL now, without your key, or one that is still Pending.
type File[P any] struct {
	URL     string
	Pending *P
}

// MarshalJSON writes it as the other SDKs have it.
func (f File[P]) MarshalJSON() ([]byte, error) {
	if f.Pending != nil {
		return json.Marshal(f.Pending)
	}
	return json.Marshal(map[string]string{"status": "ready", "url": f.URL})
}
