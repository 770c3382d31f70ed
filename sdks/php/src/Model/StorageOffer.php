<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** StorageOffer, as the API answers it. */
final class StorageOffer extends Model
{
    /**
     * @param 5|10|25|50|100|250 $tierGb
     * @param int $retentionDays How long a recording is kept.
     * @param int $monthlyPriceMinor A month without VAT.
     * @param int $monthlyVatMinor The VAT on it.
     * @param int $switchNetMinor What moving there debits now, without VAT; down is 0.
     * @param int $switchVatMinor The VAT on it.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly int $tierGb,
        public readonly int $retentionDays,
        public readonly int $monthlyPriceMinor,
        public readonly int $monthlyVatMinor,
        public readonly int $switchNetMinor,
        public readonly int $switchVatMinor,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            tierGb: $data['tier_gb'],
            retentionDays: $data['retention_days'],
            monthlyPriceMinor: $data['monthly_price_minor'],
            monthlyVatMinor: $data['monthly_vat_minor'],
            switchNetMinor: $data['switch_net_minor'],
            switchVatMinor: $data['switch_vat_minor'],
            raw: $data,
        );
    }
}
