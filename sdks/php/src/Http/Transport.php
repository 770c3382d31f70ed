<?php

declare(strict_types=1);

namespace Sautikit\Http;

use Sautikit\Exception\ConnectionException;

/** Sends one request, once. */
interface Transport
{
    /**
     * @param array<string, string> $headers
     *
     * @throws ConnectionException
     */
    public function send(string $method, string $url, array $headers, string $body): Reply;
}
