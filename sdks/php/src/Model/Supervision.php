<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** Supervision, as the API answers it. */
final class Supervision extends Model
{
    /**
     * @param string $supervisorCallId The supervisor's own call, which is billed apart.
     * @param 'barge'|'listen'|'whisper' $mode
     * @param 'agent'|'both'|'none' $announce Who is told that somebody listens.
     * @param 'connected'|'connecting'|'ended'|'failed'|'ringing' $state
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $supervisionId,
        public readonly string $callId,
        public readonly string $sessionId,
        public readonly string $supervisorLegId,
        public readonly string $supervisorCallId,
        public readonly string $mode,
        public readonly string $announce,
        public readonly Supervisor $supervisor,
        public readonly bool $notifyAgent,
        public readonly string $state,
        public readonly ?\DateTimeImmutable $connectedAt,
        public readonly ?\DateTimeImmutable $endedAt,
        public readonly \DateTimeImmutable $createdAt,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            supervisionId: $data['supervision_id'],
            callId: $data['call_id'],
            sessionId: $data['session_id'],
            supervisorLegId: $data['supervisor_leg_id'],
            supervisorCallId: $data['supervisor_call_id'],
            mode: $data['mode'],
            announce: $data['announce'],
            supervisor: Supervisor::fromArray($data['supervisor']),
            notifyAgent: $data['notify_agent'],
            state: $data['state'],
            connectedAt: isset($data['connected_at']) ? new \DateTimeImmutable($data['connected_at']) : null,
            endedAt: isset($data['ended_at']) ? new \DateTimeImmutable($data['ended_at']) : null,
            createdAt: new \DateTimeImmutable($data['created_at']),
            raw: $data,
        );
    }
}
