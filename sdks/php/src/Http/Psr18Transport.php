<?php

declare(strict_types=1);

namespace Sautikit\Http;

use Psr\Http\Client\ClientExceptionInterface;
use Psr\Http\Client\ClientInterface;
use Psr\Http\Message\RequestFactoryInterface;
use Psr\Http\Message\StreamFactoryInterface;
use Sautikit\Exception\ConnectionException;

/** Sends requests with a PSR-18 client; its own settings decide about time-outs and proxies. */
final class Psr18Transport implements Transport
{
    public function __construct(
        private readonly ClientInterface $client,
        private readonly RequestFactoryInterface $requests,
        private readonly StreamFactoryInterface $streams,
    ) {
    }

    /** Take factories from the client itself when it is one, as some are. */
    public static function with(
        ClientInterface $client,
        ?RequestFactoryInterface $requests,
        ?StreamFactoryInterface $streams,
    ): self {
        $requests ??= $client instanceof RequestFactoryInterface ? $client : null;
        $streams ??= $client instanceof StreamFactoryInterface ? $client : null;
        $streams ??= $requests instanceof StreamFactoryInterface ? $requests : null;
        if ($requests === null || $streams === null) {
            throw new \InvalidArgumentException('Give the PSR-17 factories of the client too: requests and streams.');
        }

        return new self($client, $requests, $streams);
    }

    public function send(string $method, string $url, array $headers, string $body): Reply
    {
        $request = $this->requests->createRequest($method, $url);
        foreach ($headers as $name => $value) {
            $request = $request->withHeader($name, $value);
        }
        if ($body !== '') {
            $request = $request->withBody($this->streams->createStream($body));
        }
        try {
            $response = $this->client->sendRequest($request);
        } catch (ClientExceptionInterface $problem) {
            throw self::unanswered($problem);
        }
        $found = [];
        foreach ($response->getHeaders() as $name => $values) {
            $found[strtolower((string) $name)] = implode(', ', $values);
        }

        return new Reply($response->getStatusCode(), $found, (string) $response->getBody());
    }

    /** A PSR-18 client says what went wrong in words only; what is not clear is never repeated. */
    private static function unanswered(ClientExceptionInterface $problem): ConnectionException
    {
        $told = $problem->getMessage();
        $isLate = preg_match('/timed out|timeout/i', $told) === 1;
        $unreached = preg_match('/refused|could not resolve|couldn\'t connect|failed to connect/i', $told) === 1;

        return new ConnectionException($told, $isLate ? 'timeout' : 'connection_failed', $unreached && !$isLate, $problem);
    }
}
