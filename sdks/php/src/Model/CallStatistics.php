<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** CallStatistics, as the API answers it. */
final class CallStatistics extends Model
{
    /**
     * @param int $failed Failed, not answered, busy or canceled.
     * @param int $spendMinor Minor units: 100 is KES 1.00.
     * @param list<CallsBucket> $series Oldest first, without gaps; only when `bucket` is sent.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly int $total,
        public readonly int $completed,
        public readonly int $failed,
        public readonly int $minutesTotal,
        public readonly int $spendMinor,
        public readonly string $currency,
        public readonly ?array $series = null,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            total: $data['total'],
            completed: $data['completed'],
            failed: $data['failed'],
            minutesTotal: $data['minutes_total'],
            spendMinor: $data['spend_minor'],
            currency: $data['currency'],
            series: isset($data['series']) ? array_map(CallsBucket::fromArray(...), $data['series']) : null,
            raw: $data,
        );
    }
}
