package sautikit

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"strings"
)

// Pages is a list: range over All for every row, or take the first Page.
type Pages[Row, Page any] struct {
	ctx     context.Context
	s       *sender
	path    string
	params  any
	cursor  string
	read    func(*Page) ([]Row, *string)
	options []RequestOption
}

func newPages[Row, Page any](ctx context.Context, s *sender, path string, params any, cursor string, read func(*Page) ([]Row, *string), options []RequestOption) *Pages[Row, Page] {
	return &Pages[Row, Page]{ctx, s, path, params, cursor, read, options}
}

// Page asks for the first page.
func (p *Pages[Row, Page]) Page() (*Page, error) { return p.ask("") }

// All gives every row, page by page; the loop ends after an error.
func (p *Pages[Row, Page]) All() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for following := ""; ; {
			page, err := p.ask(following)
			if err != nil {
				var none Row
				yield(none, err)
				return
			}
			rows, next := p.read(page)
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
			if next == nil || *next == "" {
				return
			}
			following = *next
		}
	}
}

func (p *Pages[Row, Page]) ask(following string) (*Page, error) {
	asked := request{method: "GET", path: p.path, query: p.params}
	if following != "" {
		query, err := encodeQuery(p.params)
		if err != nil {
			return nil, err
		}
		values, err := url.ParseQuery(query)
		if err != nil {
			return nil, err
		}
		values.Set(p.cursor, following)
		asked.query = flat(values)
	}
	return ask[Page](p.ctx, p.s, asked, p.options)
}

// flat is a query that was encoded already, for encodeQuery.
type flat url.Values

// MarshalJSON writes each name with its value.
func (f flat) MarshalJSON() ([]byte, error) {
	fields := map[string]string{}
	for name, values := range f {
		fields[name] = strings.Join(values, ",")
	}
	return json.Marshal(fields)
}
