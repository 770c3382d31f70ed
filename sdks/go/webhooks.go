package sautikit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
)

// SignatureHeader carries the signature of webhooks and voice callbacks.
const SignatureHeader = "X-Sautikit-Signature"

// Tolerance is how far the clock of a signature may be from ours.
const Tolerance = 5 * time.Minute

// ErrSignature says that a body was not signed with the secret, or not lately.
var ErrSignature = errors.New("sautikit: the signature is missing, wrong or older than the tolerance")

// Verifier knows our signatures from any other. Its zero values are what most want.
type Verifier struct {
	// Secrets is one, or several while one is being rotated.
	Secrets []string
	// Tolerance is five minutes when left out.
	Tolerance time.Duration
	// Now is the clock; time.Now when left out.
	Now func() time.Time
}

// VerifySignature returns nil when we signed these bytes with this secret within five minutes.
func VerifySignature(body []byte, header, secret string) error {
	return Verifier{Secrets: []string{secret}}.Verify(body, header)
}

// VerifyWebhook is VerifySignature, and returns the event.
func VerifyWebhook(body []byte, header, secret string) (*Event, error) {
	return Verifier{Secrets: []string{secret}}.Event(body, header)
}

// Event returns the event of a webhook whose signature holds.
func (v Verifier) Event(body []byte, header string) (*Event, error) {
	if err := v.Verify(body, header); err != nil {
		return nil, err
	}
	event := new(Event)
	return event, json.Unmarshal(body, event)
}

// Verify returns nil when we signed these raw bytes with one of the secrets, within the tolerance.
func (v Verifier) Verify(body []byte, header string) error {
	stamp, marks := readSignature(header)
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || strings.ContainsAny(stamp, "+-") {
		return ErrSignature
	}
	tolerance, now := v.Tolerance, time.Now
	if tolerance == 0 {
		tolerance = Tolerance
	}
	if v.Now != nil {
		now = v.Now
	}
	if away := now().Unix() - seconds; away > int64(tolerance/time.Second) || -away > int64(tolerance/time.Second) {
		return ErrSignature
	}
	for _, secret := range v.Secrets {
		made := hmac.New(sha256.New, []byte(secret))
		made.Write(body)
		made.Write([]byte("." + stamp))
		wanted := made.Sum(nil)
		for _, mark := range marks {
			if secret != "" && hmac.Equal(wanted, mark) {
				return nil
			}
		}
	}
	return ErrSignature
}

// readSignature reads `t=…,v1=…`; two times are no time.
func readSignature(header string) (string, [][]byte) {
	var stamps []string
	var marks [][]byte
	for _, each := range strings.Split(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(each), "=")
		switch name {
		case "t":
			stamps = append(stamps, value)
		case "v1":
			if mark, err := hex.DecodeString(value); err == nil {
				marks = append(marks, mark)
			}
		}
	}
	if len(stamps) != 1 {
		return "", nil
	}
	return stamps[0], marks
}
