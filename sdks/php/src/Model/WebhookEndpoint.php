<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** WebhookEndpoint, as the API answers it. */
final class WebhookEndpoint extends Model
{
    /**
     * @param list<string> $events Names, families such as `call.*`, or `*`.
     * @param bool $ordered One delivery at a time, the events of a call in their order.
     * @param 'active'|'disabled'|'paused' $status
     * @param \DateTimeImmutable|null $failingSince Since when nothing arrived; null while it works.
     * @param 'live'|'test' $mode
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $id,
        public readonly string $url,
        public readonly array $events,
        public readonly string $description,
        public readonly bool $ordered,
        public readonly string $status,
        public readonly ?\DateTimeImmutable $failingSince,
        public readonly string $mode,
        public readonly \DateTimeImmutable $createdAt,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            id: $data['id'],
            url: $data['url'],
            events: $data['events'],
            description: $data['description'],
            ordered: $data['ordered'],
            status: $data['status'],
            failingSince: isset($data['failing_since']) ? new \DateTimeImmutable($data['failing_since']) : null,
            mode: $data['mode'],
            createdAt: new \DateTimeImmutable($data['created_at']),
            raw: $data,
        );
    }
}
