<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** CallEvent, as the API answers it. */
final class CallEvent extends Model
{
    /**
     * @param int $number Its place in the call, without gaps.
     * @param array<string, mixed> $payload
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $id,
        public readonly string $callId,
        public readonly int $number,
        public readonly string $kind,
        public readonly array $payload,
        public readonly \DateTimeImmutable $occurredAt,
        public readonly \DateTimeImmutable $createdAt,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            id: $data['id'],
            callId: $data['call_id'],
            number: $data['number'],
            kind: $data['kind'],
            payload: $data['payload'],
            occurredAt: new \DateTimeImmutable($data['occurred_at']),
            createdAt: new \DateTimeImmutable($data['created_at']),
            raw: $data,
        );
    }
}
