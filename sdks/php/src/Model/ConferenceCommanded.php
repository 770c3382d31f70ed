<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** ConferenceCommanded, as the API answers it. */
final class ConferenceCommanded extends Model
{
    /**
     * @param 'end'|'hold'|'kick'|'mute'|'play'|'say'|'unhold'|'unmute' $command
     * @param 'accepted' $status
     * @param list<string> $participants Whom it concerns.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $conferenceId,
        public readonly string $name,
        public readonly string $command,
        public readonly string $status,
        public readonly array $participants,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            conferenceId: $data['conference_id'],
            name: $data['name'],
            command: $data['command'],
            status: $data['status'],
            participants: $data['participants'],
            raw: $data,
        );
    }
}
