<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** TestSent, as the API answers it. */
final class TestSent extends Model
{
    /** @param array<string, mixed> $raw As it came. */
    public function __construct(
        public readonly string $eventId,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            eventId: $data['event_id'],
            raw: $data,
        );
    }
}
