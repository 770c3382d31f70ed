<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** Rate, as the API answers it. */
final class Rate extends Model
{
    /**
     * @param 'inbound'|'outbound'|'supervision' $direction
     * @param string $destination The prefix it holds for.
     * @param float $perMinute Whole shillings and their fraction.
     * @param int $perMinuteMinor Minor units: 100 is KES 1.00.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $direction,
        public readonly string $destination,
        public readonly float $perMinute,
        public readonly int $perMinuteMinor,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            direction: $data['direction'],
            destination: $data['destination'],
            perMinute: $data['per_minute'],
            perMinuteMinor: $data['per_minute_minor'],
            raw: $data,
        );
    }
}
