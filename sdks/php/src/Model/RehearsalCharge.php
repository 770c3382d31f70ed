<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** RehearsalCharge, as the API answers it. */
final class RehearsalCharge extends Model
{
    /**
     * @param 'inbound'|'outbound' $direction
     * @param int|null $ratePerMinuteMinor Minor units: 100 is KES 1.00.
     * @param int $costMinor Minor units: 100 is KES 1.00.
     * @param string|null $refused The error code, where no such call can be made.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $direction,
        public readonly string $e164,
        public readonly int $seconds,
        public readonly ?int $ratePerMinuteMinor,
        public readonly int $costMinor,
        public readonly ?string $refused,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            direction: $data['direction'],
            e164: $data['e164'],
            seconds: $data['seconds'],
            ratePerMinuteMinor: $data['rate_per_minute_minor'] ?? null,
            costMinor: $data['cost_minor'],
            refused: $data['refused'] ?? null,
            raw: $data,
        );
    }
}
