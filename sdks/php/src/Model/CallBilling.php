<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** Everything the cost was computed from. */
final class CallBilling extends Model
{
    /**
     * @param string|null $rateVersion Direction, prefix and version of the price it kept.
     * @param int $rateMinorPerMinute Minor units: 100 is KES 1.00.
     * @param int|null $answeredAtMs Milliseconds since 1970, UTC.
     * @param int|null $endedAtMs Milliseconds since 1970, UTC.
     * @param int|null $connectedMs Talk time as the media engine measured it.
     * @param int $paidUntilSeconds The second to which money was held.
     * @param int|null $billedSeconds `min(ceil(connected_ms / 1000), paid_until_seconds)`
     * @param string $formula How the cost follows from the fields above.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly ?string $rateId,
        public readonly ?string $rateVersion,
        public readonly int $rateMinorPerMinute,
        public readonly ?int $answeredAtMs,
        public readonly ?int $endedAtMs,
        public readonly ?int $connectedMs,
        public readonly int $paidUntilSeconds,
        public readonly ?int $billedSeconds,
        public readonly string $formula,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            rateId: $data['rate_id'] ?? null,
            rateVersion: $data['rate_version'] ?? null,
            rateMinorPerMinute: $data['rate_minor_per_minute'],
            answeredAtMs: $data['answered_at_ms'] ?? null,
            endedAtMs: $data['ended_at_ms'] ?? null,
            connectedMs: $data['connected_ms'] ?? null,
            paidUntilSeconds: $data['paid_until_seconds'],
            billedSeconds: $data['billed_seconds'] ?? null,
            formula: $data['formula'],
            raw: $data,
        );
    }
}
