<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** ConferenceParticipant, as the API answers it. */
final class ConferenceParticipant extends Model
{
    /**
     * @param string $caller The far end's number.
     * @param 'joined'|'left'|'queued'|'waiting' $status queued: no place yet; waiting: the room has not started; joined; left.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $participantId,
        public readonly string $callId,
        public readonly string $sessionId,
        public readonly string $caller,
        public readonly string $status,
        public readonly bool $muted,
        public readonly bool $held,
        public readonly bool $startOnEnter,
        public readonly bool $endOnExit,
        public readonly \DateTimeImmutable $joinedAt,
        public readonly ?\DateTimeImmutable $leftAt,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            participantId: $data['participant_id'],
            callId: $data['call_id'],
            sessionId: $data['session_id'],
            caller: $data['caller'],
            status: $data['status'],
            muted: $data['muted'],
            held: $data['held'],
            startOnEnter: $data['start_on_enter'],
            endOnExit: $data['end_on_exit'],
            joinedAt: new \DateTimeImmutable($data['joined_at']),
            leftAt: isset($data['left_at']) ? new \DateTimeImmutable($data['left_at']) : null,
            raw: $data,
        );
    }
}
