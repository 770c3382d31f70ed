<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** One interval; completed + missed + failed = total. */
final class CallsBucket extends Model
{
    /**
     * @param int $spendMinor Minor units: 100 is KES 1.00.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly \DateTimeImmutable $start,
        public readonly int $total,
        public readonly int $inbound,
        public readonly int $outbound,
        public readonly int $completed,
        public readonly int $missed,
        public readonly int $failed,
        public readonly int $spendMinor,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            start: new \DateTimeImmutable($data['start']),
            total: $data['total'],
            inbound: $data['inbound'],
            outbound: $data['outbound'],
            completed: $data['completed'],
            missed: $data['missed'],
            failed: $data['failed'],
            spendMinor: $data['spend_minor'],
            raw: $data,
        );
    }
}
