<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** Limits, as the API answers it. */
final class Limits extends Model
{
    /**
     * @param int|null $dayMinor The most that calls may cost in a Nairobi day.
     * @param int|null $callMinor The most that one call may cost; it ends at that second.
     * @param int|null $minuteMinor The highest price per minute that may be called.
     * @param int|null $committedMinor What today's calls cost so far or hold; null without limits.
     * @param list<KeyLimits> $keys The limits of single API keys.
     * @param list<string> $destinations The prefixes that may be called.
     * @param bool $isStopped True while operators have stopped all calls.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly ?int $dayMinor,
        public readonly ?int $callMinor,
        public readonly ?int $minuteMinor,
        public readonly ?int $committedMinor,
        public readonly string $currency,
        public readonly array $keys,
        public readonly array $destinations,
        public readonly bool $isStopped,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            dayMinor: $data['day_minor'] ?? null,
            callMinor: $data['call_minor'] ?? null,
            minuteMinor: $data['minute_minor'] ?? null,
            committedMinor: $data['committed_minor'] ?? null,
            currency: $data['currency'],
            keys: array_map(KeyLimits::fromArray(...), $data['keys']),
            destinations: $data['destinations'],
            isStopped: $data['is_stopped'],
            raw: $data,
        );
    }
}
