<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** InventoryNumber, as the API answers it. */
final class InventoryNumber extends Model
{
    /**
     * @param string $inventoryId Send it to claim the number; the same as `id`.
     * @param list<string> $capabilities
     * @param int $monthlyPriceMinor A month's rental before VAT: 10000 is KES 100.
     * @param int $inboundPerMinMinor A minute of being called.
     * @param int $outboundPerMinMinor A minute of calling, billed by the second.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $id,
        public readonly string $inventoryId,
        public readonly string $e164,
        public readonly string $country,
        public readonly array $capabilities,
        public readonly int $monthlyPriceMinor,
        public readonly int $inboundPerMinMinor,
        public readonly int $outboundPerMinMinor,
        public readonly string $currency,
        public readonly Quote $quote,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            id: $data['id'],
            inventoryId: $data['inventory_id'],
            e164: $data['e164'],
            country: $data['country'],
            capabilities: $data['capabilities'],
            monthlyPriceMinor: $data['monthly_price_minor'],
            inboundPerMinMinor: $data['inbound_per_min_minor'],
            outboundPerMinMinor: $data['outbound_per_min_minor'],
            currency: $data['currency'],
            quote: Quote::fromArray($data['quote']),
            raw: $data,
        );
    }
}
