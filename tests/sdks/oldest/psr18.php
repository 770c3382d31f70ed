<?php

// A PSR-18 client for a PHP without sockets: the program around it sends what it is given.

declare(strict_types=1);

use Nyholm\Psr7\Factory\Psr17Factory;
use Psr\Http\Client\ClientInterface;
use Psr\Http\Client\NetworkExceptionInterface;
use Psr\Http\Message\RequestInterface;
use Psr\Http\Message\ResponseInterface;

final class StreamClient implements ClientInterface
{
    public function __construct(private readonly Psr17Factory $factory)
    {
    }

    public function sendRequest(RequestInterface $request): ResponseInterface
    {
        $headers = array_map(static fn (array $values): string => implode(', ', $values), $request->getHeaders());
        $told = json_decode(post_message_to_js(json_encode([
            'method' => $request->getMethod(),
            'url' => (string) $request->getUri(),
            'headers' => array_diff_key($headers, ['Host' => '', 'Content-Length' => '', 'Connection' => '']),
            'body' => base64_encode((string) $request->getBody()),
        ], JSON_THROW_ON_ERROR)), true);
        if (isset($told['failed'])) {
            throw new Unanswered($request, $told['failed']);
        }
        $response = $this->factory->createResponse($told['status']);
        foreach ($told['headers'] as [$name, $value]) {
            $response = $response->withHeader($name, $value);
        }

        return $response->withBody($this->factory->createStream(base64_decode($told['body'])));
    }
}

final class Unanswered extends RuntimeException implements NetworkExceptionInterface
{
    public function __construct(private readonly RequestInterface $request, string $told)
    {
        parent::__construct($told);
    }

    public function getRequest(): RequestInterface
    {
        return $this->request;
    }
}
