<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** Person, as the API answers it. */
final class Person extends Model
{
    /** @param array<string, mixed> $raw As it came. */
    public function __construct(
        public readonly string $id,
        public readonly string $email,
        public readonly string $name,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            id: $data['id'],
            email: $data['email'],
            name: $data['name'],
            raw: $data,
        );
    }
}
