<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** KeyLimits, as the API answers it. */
final class KeyLimits extends Model
{
    /**
     * @param int|null $dayMinor The most that calls may cost in a Nairobi day.
     * @param int|null $callMinor The most that one call may cost; it ends at that second.
     * @param int|null $minuteMinor The highest price per minute that may be called.
     * @param int|null $committedMinor What today's calls cost so far or hold; null without limits.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $apiKeyId,
        public readonly string $label,
        public readonly ?int $dayMinor,
        public readonly ?int $callMinor,
        public readonly ?int $minuteMinor,
        public readonly ?int $committedMinor,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            apiKeyId: $data['api_key_id'],
            label: $data['label'],
            dayMinor: $data['day_minor'] ?? null,
            callMinor: $data['call_minor'] ?? null,
            minuteMinor: $data['minute_minor'] ?? null,
            committedMinor: $data['committed_minor'] ?? null,
            raw: $data,
        );
    }
}
