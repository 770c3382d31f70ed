package sautikit

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"strings"
	"time"
)

// Message is one message of a stream: its name, its number in the log if it has one, its JSON.
type Message struct {
	Name   string
	Number string
	Data   json.RawMessage
}

// silent is longer than the server ever says nothing: it sends a sign of life every 15 seconds.
const silent = 40 * time.Second

var errStopped = errors.New("the reader has enough")

// Stream gives what happens in a call as it happens, until it is over. The address is StreamURL in
// the reply of Calls.Create. A stream that breaks goes on after lastEventID, which may be empty.
func (c *Client) Stream(ctx context.Context, streamURL, lastEventID string) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		for tried := 0; ; {
			isOver, err := c.follow(ctx, streamURL, func(message Message) bool {
				tried = 0
				if message.Number != "" {
					lastEventID = message.Number
				}
				return yield(message, nil)
			}, lastEventID)
			if isOver || errors.Is(err, errStopped) {
				return
			}
			if err == nil {
				continue
			}
			wait, isSafe := waitFor(err, tried)
			var problem *Error
			isBroken := errors.As(err, &problem) && problem.Code == "connection_failed"
			if tried >= c.s.maxRetries || ctx.Err() != nil || (!isSafe && !isBroken) {
				yield(Message{}, err)
				return
			}
			tried++
			time.Sleep(max(wait, firstWait))
		}
	}
}

// follow reads one stream to its end; an end that was read before is told by 204.
func (c *Client) follow(ctx context.Context, address string, take func(Message) bool, last string) (bool, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	alarm := time.AfterFunc(silent, cancel)
	defer alarm.Stop()
	asked, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false, err
	}
	asked.Header.Set("Accept", "text/event-stream")
	if last != "" {
		asked.Header.Set("Last-Event-ID", last)
	}
	answer, err := c.s.http.Do(asked)
	if err != nil {
		return false, unanswered(context.Background(), err, silent)
	}
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusNoContent {
		return true, nil
	}
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(answer.Body)
		return false, refused(answer.StatusCode, answer.Header, text)
	}
	return false, messages(answer.Body, take, func() { alarm.Reset(silent) })
}

func messages(body io.Reader, take func(Message) bool, alive func()) error {
	reader := bufio.NewReader(body)
	var message Message
	for {
		line, err := reader.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return unanswered(context.Background(), err, silent)
		}
		alive()
		line = strings.TrimRight(line, "\r\n")
		key, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "" && len(message.Data) > 0:
			if !take(message) {
				return errStopped
			}
			message = Message{}
		case key == "event":
			message.Name = value
		case key == "id":
			message.Number = value
		case key == "data":
			message.Data = append(message.Data, value...)
		}
	}
}
