<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** The body exactly as it is delivered to endpoints. */
final class Event extends Model
{
    /**
     * @param string $event The name, such as `call.completed`.
     * @param string $kind The same as `event`.
     * @param 'live'|'test' $mode
     * @param int $sequence Gap-free in a workspace and mode.
     * @param array<string, mixed> $data
     * @param int $callSequence Its place among the events of its call.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $event,
        public readonly string $kind,
        public readonly string $eventId,
        public readonly string $workspaceId,
        public readonly string $mode,
        public readonly int $sequence,
        public readonly \DateTimeImmutable $occurredAt,
        public readonly array $data,
        public readonly ?int $callSequence = null,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            event: $data['event'],
            kind: $data['kind'],
            eventId: $data['event_id'],
            workspaceId: $data['workspace_id'],
            mode: $data['mode'],
            sequence: $data['sequence'],
            occurredAt: new \DateTimeImmutable($data['occurred_at']),
            data: $data['data'],
            callSequence: $data['call_sequence'] ?? null,
            raw: $data,
        );
    }
}
