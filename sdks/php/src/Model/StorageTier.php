<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** StorageTier, as the API answers it. */
final class StorageTier extends Model
{
    /**
     * @param 5|10|25|50|100|250 $tierGb 1 GB is 1,000,000,000 bytes; 5 GB are free.
     * @param int $usedBytes What the stored recordings of this mode weigh.
     * @param int $retentionDays How long a recording is kept.
     * @param int $monthlyPriceMinor A month without VAT.
     * @param int $monthlyVatMinor The VAT on it.
     * @param \DateTimeImmutable|null $effectiveAt Since when; null while nobody chose a tier.
     * @param \DateTimeImmutable|null $unpaidSince The wallet could not pay the month since then.
     * @param \DateTimeImmutable|null $overSince More is kept than the tier holds since then; 7 days later the oldest go.
     * @param list<StorageOffer> $tiers
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly int $tierGb,
        public readonly int $usedBytes,
        public readonly int $limitBytes,
        public readonly int $retentionDays,
        public readonly int $monthlyPriceMinor,
        public readonly int $monthlyVatMinor,
        public readonly string $currency,
        public readonly ?\DateTimeImmutable $effectiveAt,
        public readonly ?\DateTimeImmutable $unpaidSince,
        public readonly ?\DateTimeImmutable $overSince,
        public readonly array $tiers,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            tierGb: $data['tier_gb'],
            usedBytes: $data['used_bytes'],
            limitBytes: $data['limit_bytes'],
            retentionDays: $data['retention_days'],
            monthlyPriceMinor: $data['monthly_price_minor'],
            monthlyVatMinor: $data['monthly_vat_minor'],
            currency: $data['currency'],
            effectiveAt: isset($data['effective_at']) ? new \DateTimeImmutable($data['effective_at']) : null,
            unpaidSince: isset($data['unpaid_since']) ? new \DateTimeImmutable($data['unpaid_since']) : null,
            overSince: isset($data['over_since']) ? new \DateTimeImmutable($data['over_since']) : null,
            tiers: array_map(StorageOffer::fromArray(...), $data['tiers']),
            raw: $data,
        );
    }
}
