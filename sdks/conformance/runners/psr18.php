<?php

// The smallest client that keeps to PSR-18: it shows that any of them will do.

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
        $lines = [];
        foreach ($request->getHeaders() as $name => $values) {
            $lines[] = "{$name}: " . implode(', ', $values);
        }
        $context = stream_context_create(['http' => [
            'method' => $request->getMethod(),
            'header' => $lines,
            'content' => (string) $request->getBody(),
            'ignore_errors' => true,
            'follow_location' => 0,
            'protocol_version' => 1.1,
            'timeout' => 30,
        ]]);
        $stream = @fopen((string) $request->getUri(), 'r', false, $context);
        if ($stream === false) {
            throw new Unanswered($request, error_get_last()['message'] ?? 'no answer');
        }
        $told = stream_get_meta_data($stream)['wrapper_data'];
        preg_match('~^HTTP/\S+ (\d{3})~', $told[0], $found);
        $response = $this->factory->createResponse((int) $found[1]);
        foreach (array_slice($told, 1) as $line) {
            [$name, $value] = explode(':', $line, 2) + [1 => ''];
            $response = $response->withHeader($name, trim($value));
        }

        return $response->withBody($this->factory->createStream((string) stream_get_contents($stream)));
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
