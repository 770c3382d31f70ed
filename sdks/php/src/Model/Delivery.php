<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** Delivery, as the API answers it. */
final class Delivery extends Model
{
    /**
     * @param string $event The name, such as `call.completed`.
     * @param 'dead_letter'|'delivered'|'pending'|'retrying' $status
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $id,
        public readonly string $eventId,
        public readonly string $event,
        public readonly ?int $sequence,
        public readonly string $status,
        public readonly int $attempts,
        public readonly ?string $lastError,
        public readonly ?\DateTimeImmutable $nextAttemptAt,
        public readonly ?\DateTimeImmutable $deliveredAt,
        public readonly \DateTimeImmutable $createdAt,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            id: $data['id'],
            eventId: $data['event_id'],
            event: $data['event'],
            sequence: $data['sequence'] ?? null,
            status: $data['status'],
            attempts: $data['attempts'],
            lastError: $data['last_error'] ?? null,
            nextAttemptAt: isset($data['next_attempt_at']) ? new \DateTimeImmutable($data['next_attempt_at']) : null,
            deliveredAt: isset($data['delivered_at']) ? new \DateTimeImmutable($data['delivered_at']) : null,
            createdAt: new \DateTimeImmutable($data['created_at']),
            raw: $data,
        );
    }
}
