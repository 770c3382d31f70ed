<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** RehearsalStep, as the API answers it. */
final class RehearsalStep extends Model
{
    /**
     * @param int $atSeconds Seconds since the call began; estimated.
     * @param int $lastsSeconds How long the caller hears it; estimated.
     * @param string $kind As on the time line of a real call, like `voice.say`.
     * @param string $says The step as a sentence.
     * @param array<string, mixed> $facts What a real call would note.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly int $atSeconds,
        public readonly int $lastsSeconds,
        public readonly string $kind,
        public readonly string $says,
        public readonly array $facts,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            atSeconds: $data['at_seconds'],
            lastsSeconds: $data['lasts_seconds'],
            kind: $data['kind'],
            says: $data['says'],
            facts: $data['facts'],
            raw: $data,
        );
    }
}
