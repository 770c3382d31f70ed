<?php

declare(strict_types=1);

namespace Sautikit\Http;

/** Sends requests with nothing but PHP. */
final class SocketTransport implements Transport
{
    public function __construct(private readonly float $timeoutSeconds)
    {
    }

    public function send(string $method, string $url, array $headers, string $body): Reply
    {
        $open = new Connection($method, $url, $headers, $body, $this->timeoutSeconds);
        $text = implode('', iterator_to_array($open->body(), false));

        return new Reply($open->status, $open->headers, $text);
    }
}
