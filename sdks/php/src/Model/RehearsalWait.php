<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** RehearsalWait, as the API answers it. */
final class RehearsalWait extends Model
{
    /**
     * @param string $kind The kind of input that goes on: digits, recorded, dialled or left.
     * @param array<string, mixed> $facts
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $kind,
        public readonly array $facts,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            kind: $data['kind'],
            facts: $data['facts'],
            raw: $data,
        );
    }
}
