<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** Attempt, as the API answers it. */
final class Attempt extends Model
{
    /**
     * @param array<string, mixed> $timings Milliseconds by step: `dns_ms`, `connect_ms`, `tls_ms`, `first_byte_ms`; a step that was not taken is absent, as on a kept connection.
     * @param string|null $address The address that was connected to.
     * @param array<string, mixed>|null $requestHeaders
     * @param array<string, mixed>|null $responseHeaders
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly int $number,
        public readonly ?int $responseStatus,
        public readonly ?string $error,
        public readonly ?int $durationMs,
        public readonly array $timings,
        public readonly ?string $address,
        public readonly ?array $requestHeaders,
        public readonly ?array $responseHeaders,
        public readonly string $responseBody,
        public readonly \DateTimeImmutable $createdAt,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            number: $data['number'],
            responseStatus: $data['response_status'] ?? null,
            error: $data['error'] ?? null,
            durationMs: $data['duration_ms'] ?? null,
            timings: $data['timings'],
            address: $data['address'] ?? null,
            requestHeaders: $data['request_headers'] ?? null,
            responseHeaders: $data['response_headers'] ?? null,
            responseBody: $data['response_body'],
            createdAt: new \DateTimeImmutable($data['created_at']),
            raw: $data,
        );
    }
}
