<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** Replay, as the API answers it. */
final class Replay extends Model
{
    /** @param array<string, mixed> $raw As it came. */
    public function __construct(
        public readonly string $id,
        public readonly string $webhookId,
        public readonly \DateTimeImmutable $from,
        public readonly \DateTimeImmutable $to,
        public readonly \DateTimeImmutable $createdAt,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            id: $data['id'],
            webhookId: $data['webhook_id'],
            from: new \DateTimeImmutable($data['from']),
            to: new \DateTimeImmutable($data['to']),
            createdAt: new \DateTimeImmutable($data['created_at']),
            raw: $data,
        );
    }
}
