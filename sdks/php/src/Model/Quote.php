<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** What claiming costs today: the rest of the month, and the VAT on it. */
final class Quote extends Model
{
    /**
     * @param int $netMinor Minor units: 100 is KES 1.00.
     * @param int $vatMinor Minor units: 100 is KES 1.00.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly int $netMinor,
        public readonly int $vatMinor,
        public readonly int $daysLeft,
        public readonly int $daysInMonth,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            netMinor: $data['net_minor'],
            vatMinor: $data['vat_minor'],
            daysLeft: $data['days_left'],
            daysInMonth: $data['days_in_month'],
            raw: $data,
        );
    }
}
