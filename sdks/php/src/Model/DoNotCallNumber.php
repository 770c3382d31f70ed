<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** DoNotCallNumber, as the API answers it. */
final class DoNotCallNumber extends Model
{
    /** @param array<string, mixed> $raw As it came. */
    public function __construct(
        public readonly string $id,
        public readonly string $e164,
        public readonly string $reason,
        public readonly \DateTimeImmutable $createdAt,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            id: $data['id'],
            e164: $data['e164'],
            reason: $data['reason'],
            createdAt: new \DateTimeImmutable($data['created_at']),
            raw: $data,
        );
    }
}
