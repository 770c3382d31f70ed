<?php

declare(strict_types=1);

namespace Sautikit\Http;

/** One message of a stream: its name, its number in the log if it has one, its JSON. */
final class Message
{
    /** @param array<string, mixed> $data */
    public function __construct(
        public readonly string $name,
        public readonly string $number,
        public readonly array $data,
    ) {
    }
}
