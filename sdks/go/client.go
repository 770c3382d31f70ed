// Package sautikit speaks with the Sautikit API: calls, numbers, wallet, webhooks and voice documents.
package sautikit

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"strings"
	"time"
)

// Version is the version of this module, as the API sees it.
const Version = "0.1.0"

const (
	defaultBaseURL    = "https://api.sautikit.com"
	defaultTimeout    = 30 * time.Second
	defaultMaxRetries = 2
)

// Client speaks with the API. It is safe to share between goroutines.
type Client struct {
	Resources
	s *sender
}

// Option changes how a client is made.
type Option func(*sender)

// WithAPIKey gives the key; left out it is SAUTIKIT_API_KEY.
func WithAPIKey(key string) Option { return func(s *sender) { s.apiKey = key } }

// WithBaseURL says where the API is; left out it is SAUTIKIT_API_BASE, then https://api.sautikit.com.
func WithBaseURL(url string) Option { return func(s *sender) { s.baseURL = url } }

// WithHTTPClient sends requests with a client of yours. Redirects are never followed.
func WithHTTPClient(client *http.Client) Option {
	return func(s *sender) {
		copied := *client
		s.http = &copied
	}
}

// WithTimeout limits one attempt; 30 seconds when left out.
func WithTimeout(patience time.Duration) Option { return func(s *sender) { s.timeout = patience } }

// WithMaxRetries limits how often a request is repeated; 2 when left out.
func WithMaxRetries(most int) Option { return func(s *sender) { s.maxRetries = most } }

// New makes a client.
func New(options ...Option) (*Client, error) {
	s := &sender{
		apiKey:     os.Getenv("SAUTIKIT_API_KEY"),
		baseURL:    os.Getenv("SAUTIKIT_API_BASE"),
		http:       &http.Client{},
		timeout:    defaultTimeout,
		maxRetries: defaultMaxRetries,
	}
	for _, option := range options {
		option(s)
	}
	if s.apiKey == "" {
		return nil, errors.New("sautikit: give an API key, or set SAUTIKIT_API_KEY")
	}
	if s.baseURL == "" {
		s.baseURL = defaultBaseURL
	}
	s.baseURL = strings.TrimSuffix(strings.TrimRight(s.baseURL, "/"), "/v1")
	s.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{Resources: newResources(s), s: s}, nil
}

// Request asks any path of the API: what a newer API offers and this version does not name. The body
// may be nil; the JSON of the reply is decoded into reply unless that is nil.
func (c *Client) Request(ctx context.Context, method, path string, body, reply any, options ...RequestOption) error {
	answer, err := c.s.send(ctx, request{method: method, path: path, body: body, takesKey: method == http.MethodPost}, options)
	if err != nil || reply == nil || len(answer.body) == 0 {
		return err
	}
	return json.Unmarshal(answer.body, reply)
}
