<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** RehearsalCost, as the API answers it. */
final class RehearsalCost extends Model
{
    /**
     * @param int $costMinor VAT included, rounded up once for each call.
     * @param int $vatMinor Minor units: 100 is KES 1.00.
     * @param list<RehearsalCharge> $lines The call itself, and each one that was dialled for it.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly int $costMinor,
        public readonly int $vatMinor,
        public readonly string $currency,
        public readonly array $lines,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            costMinor: $data['cost_minor'],
            vatMinor: $data['vat_minor'],
            currency: $data['currency'],
            lines: array_map(RehearsalCharge::fromArray(...), $data['lines']),
            raw: $data,
        );
    }
}
