<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** Conference, as the API answers it. */
final class Conference extends Model
{
    /**
     * @param 'live'|'test' $mode
     * @param 'ended'|'in_progress'|'waiting' $status
     * @param int $participantCount Who has a place now.
     * @param list<ConferenceParticipant> $participants Who is there; of a room that has ended, who was.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $conferenceId,
        public readonly string $name,
        public readonly string $mode,
        public readonly string $status,
        public readonly int $maxParticipants,
        public readonly int $participantCount,
        public readonly array $participants,
        public readonly \DateTimeImmutable $createdAt,
        public readonly ?\DateTimeImmutable $startedAt,
        public readonly ?\DateTimeImmutable $endedAt,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            conferenceId: $data['conference_id'],
            name: $data['name'],
            mode: $data['mode'],
            status: $data['status'],
            maxParticipants: $data['max_participants'],
            participantCount: $data['participant_count'],
            participants: array_map(ConferenceParticipant::fromArray(...), $data['participants']),
            createdAt: new \DateTimeImmutable($data['created_at']),
            startedAt: isset($data['started_at']) ? new \DateTimeImmutable($data['started_at']) : null,
            endedAt: isset($data['ended_at']) ? new \DateTimeImmutable($data['ended_at']) : null,
            raw: $data,
        );
    }
}
