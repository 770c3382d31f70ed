<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** RehearsalQuestion, as the API answers it. */
final class RehearsalQuestion extends Model
{
    /**
     * @param 'GET'|'POST' $method
     * @param string $purpose start, digits, recording, dial, redirect or fallback.
     * @param array<string, string> $fields What is posted beside the fields that every callback has.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $url,
        public readonly string $method,
        public readonly string $purpose,
        public readonly array $fields,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            url: $data['url'],
            method: $data['method'],
            purpose: $data['purpose'],
            fields: $data['fields'],
            raw: $data,
        );
    }
}
