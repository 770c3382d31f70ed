<?php

declare(strict_types=1);

namespace Sautikit;

use Psr\Http\Client\ClientInterface;
use Psr\Http\Message\RequestFactoryInterface;
use Psr\Http\Message\StreamFactoryInterface;
use Sautikit\Http\EventStream;
use Sautikit\Http\Message;
use Sautikit\Http\Psr18Transport;
use Sautikit\Http\SocketTransport;
use Sautikit\Internal\Sender;
use Sautikit\Resource\Resources;

/**
 * Speaks with the API: `$sautikit->calls->create(from: '+254…', to: '+254…')`.
 *
 * The key is SAUTIKIT_API_KEY and the address SAUTIKIT_API_BASE unless they are given. Without a
 * PSR-18 client the requests go over PHP's own sockets.
 */
final class Client extends Resources
{
    public const VERSION = '0.1.0';
    public const BASE_URL = 'https://api.sautikit.com';

    private readonly Sender $sender;

    public function __construct(
        ?string $apiKey = null,
        ?string $baseUrl = null,
        float $timeoutSeconds = 30.0,
        private readonly int $maxRetries = 2,
        ?ClientInterface $http = null,
        ?RequestFactoryInterface $requests = null,
        ?StreamFactoryInterface $streams = null,
    ) {
        $key = $apiKey ?? (getenv('SAUTIKIT_API_KEY') ?: '');
        if ($key === '') {
            throw new \InvalidArgumentException('Give apiKey, or set SAUTIKIT_API_KEY.');
        }
        $base = rtrim($baseUrl ?: (getenv('SAUTIKIT_API_BASE') ?: self::BASE_URL), '/');
        $transport = $http === null
            ? new SocketTransport($timeoutSeconds)
            : Psr18Transport::with($http, $requests, $streams);
        $this->sender = new Sender(
            $transport,
            preg_replace('~/v1$~', '', $base),
            $key,
            $this->maxRetries,
        );
        parent::__construct($this->sender);
    }

    /**
     * Ask any path of the API: what a newer API offers and this version does not name.
     *
     * @param array<string, mixed> $query
     *
     * @return mixed the JSON of the reply
     */
    public function request(
        string $method,
        string $path,
        array $query = [],
        mixed $body = null,
        ?string $idempotencyKey = null,
    ): mixed {
        $key = $idempotencyKey ?? $method === 'POST';

        return $this->sender->send($method, $path, $query, $body, $key)->data;
    }

    /**
     * Give what happens in a call as it happens, until it is over. `streamUrl` is in the reply of
     * `calls->create`. A stream that breaks goes on where it was.
     *
     * @return \Generator<int, Message>
     */
    public function stream(string $streamUrl, string $lastEventId = ''): \Generator
    {
        return EventStream::follow($streamUrl, $lastEventId, $this->maxRetries);
    }
}
