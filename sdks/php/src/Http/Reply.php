<?php

declare(strict_types=1);

namespace Sautikit\Http;

/** What came back. */
final class Reply
{
    /**
     * @param array<string, string> $headers by small letters
     */
    public function __construct(
        public readonly int $status,
        public readonly array $headers,
        public readonly string $text,
        public readonly mixed $data = null,
    ) {
    }
}
