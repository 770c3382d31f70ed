<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** Pricing, as the API answers it. */
final class Pricing extends Model
{
    /**
     * @param float|null $numberMonthlyKes A month's rental before VAT.
     * @param int|null $numberMonthlyMinor Minor units: 100 is KES 1.00.
     * @param int|null $numberMonthlyWithVatMinor Minor units: 100 is KES 1.00.
     * @param float|null $outboundPerMinKes VAT included, billed by the second.
     * @param int|null $outboundPerMinMinor Minor units: 100 is KES 1.00.
     * @param float|null $inboundPerMinKes Whole shillings and their fraction.
     * @param int|null $inboundPerMinMinor Minor units: 100 is KES 1.00.
     * @param list<Rate> $rates
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $currency,
        public readonly ?float $numberMonthlyKes,
        public readonly ?int $numberMonthlyMinor,
        public readonly ?int $numberMonthlyWithVatMinor,
        public readonly ?float $outboundPerMinKes,
        public readonly ?int $outboundPerMinMinor,
        public readonly ?float $inboundPerMinKes,
        public readonly ?int $inboundPerMinMinor,
        public readonly int $recordingFreeGb,
        public readonly array $rates,
        public readonly ?\DateTimeImmutable $updatedAt,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            currency: $data['currency'],
            numberMonthlyKes: $data['number_monthly_kes'] ?? null,
            numberMonthlyMinor: $data['number_monthly_minor'] ?? null,
            numberMonthlyWithVatMinor: $data['number_monthly_with_vat_minor'] ?? null,
            outboundPerMinKes: $data['outbound_per_min_kes'] ?? null,
            outboundPerMinMinor: $data['outbound_per_min_minor'] ?? null,
            inboundPerMinKes: $data['inbound_per_min_kes'] ?? null,
            inboundPerMinMinor: $data['inbound_per_min_minor'] ?? null,
            recordingFreeGb: $data['recording_free_gb'],
            rates: array_map(Rate::fromArray(...), $data['rates']),
            updatedAt: isset($data['updated_at']) ? new \DateTimeImmutable($data['updated_at']) : null,
            raw: $data,
        );
    }
}
