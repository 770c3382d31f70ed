<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** StatementRow, as the API answers it. */
final class StatementRow extends Model
{
    /**
     * @param 'adjustment'|'call'|'rental'|'rental_refund'|'reversal'|'storage'|'supervision'|'topup'|'trial' $kind
     * @param 'credit'|'debit' $direction
     * @param int $amountMinor Always positive; `direction` is its sign.
     * @param int $netMinor Minor units: 100 is KES 1.00.
     * @param int $vatMinor Minor units: 100 is KES 1.00.
     * @param int $balanceAfterMinor Minor units: 100 is KES 1.00.
     * @param array<string, mixed>|null $basis What a call's charge was computed from: rate version, milliseconds, billed seconds, formula.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $id,
        public readonly string $kind,
        public readonly string $direction,
        public readonly int $amountMinor,
        public readonly int $netMinor,
        public readonly int $vatMinor,
        public readonly int $balanceAfterMinor,
        public readonly string $currency,
        public readonly ?string $callId,
        public readonly ?string $numberId,
        public readonly ?string $topupId,
        public readonly string $description,
        public readonly ?array $basis,
        public readonly \DateTimeImmutable $createdAt,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            id: $data['id'],
            kind: $data['kind'],
            direction: $data['direction'],
            amountMinor: $data['amount_minor'],
            netMinor: $data['net_minor'],
            vatMinor: $data['vat_minor'],
            balanceAfterMinor: $data['balance_after_minor'],
            currency: $data['currency'],
            callId: $data['call_id'] ?? null,
            numberId: $data['number_id'] ?? null,
            topupId: $data['topup_id'] ?? null,
            description: $data['description'],
            basis: $data['basis'] ?? null,
            createdAt: new \DateTimeImmutable($data['created_at']),
            raw: $data,
        );
    }
}
