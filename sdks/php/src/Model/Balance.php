<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** Balance, as the API answers it. */
final class Balance extends Model
{
    /**
     * @param int $balanceMinor Settled money, in minor units: 100 is KES 1.00.
     * @param int $heldMinor What running calls have reserved.
     * @param int $availableMinor What may be spent now: `balance_minor - held_minor`.
     * @param int $lowBalanceThresholdMinor `wallet.low_balance` is sent when the balance falls below it; 0 is never.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $workspaceId,
        public readonly int $balanceMinor,
        public readonly int $heldMinor,
        public readonly int $availableMinor,
        public readonly string $currency,
        public readonly int $lowBalanceThresholdMinor,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            workspaceId: $data['workspace_id'],
            balanceMinor: $data['balance_minor'],
            heldMinor: $data['held_minor'],
            availableMinor: $data['available_minor'],
            currency: $data['currency'],
            lowBalanceThresholdMinor: $data['low_balance_threshold_minor'],
            raw: $data,
        );
    }
}
