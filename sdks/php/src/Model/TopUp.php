<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** TopUp, as the API answers it. */
final class TopUp extends Model
{
    /**
     * @param 'confirmed'|'failed'|'pending' $status
     * @param 'mpesa' $provider
     * @param int $amountMinor Minor units: 100 is KES 1.00.
     * @param string $mpesaAccountRef The account number to type when paying by Paybill.
     * @param string $mpesaPaybill The business number to type when paying by Paybill.
     * @param string|null $providerReference The M-Pesa receipt, once the money is here.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $topupId,
        public readonly string $status,
        public readonly string $provider,
        public readonly int $amountMinor,
        public readonly string $currency,
        public readonly string $phoneE164,
        public readonly string $mpesaAccountRef,
        public readonly string $mpesaPaybill,
        public readonly ?string $failureReason,
        public readonly ?string $providerReference,
        public readonly ?int $retryAfterS,
        public readonly \DateTimeImmutable $createdAt,
        public readonly ?\DateTimeImmutable $confirmedAt,
        public readonly ?\DateTimeImmutable $expiresAt,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            topupId: $data['topup_id'],
            status: $data['status'],
            provider: $data['provider'],
            amountMinor: $data['amount_minor'],
            currency: $data['currency'],
            phoneE164: $data['phone_e164'],
            mpesaAccountRef: $data['mpesa_account_ref'],
            mpesaPaybill: $data['mpesa_paybill'],
            failureReason: $data['failure_reason'] ?? null,
            providerReference: $data['provider_reference'] ?? null,
            retryAfterS: $data['retry_after_s'] ?? null,
            createdAt: new \DateTimeImmutable($data['created_at']),
            confirmedAt: isset($data['confirmed_at']) ? new \DateTimeImmutable($data['confirmed_at']) : null,
            expiresAt: isset($data['expires_at']) ? new \DateTimeImmutable($data['expires_at']) : null,
            raw: $data,
        );
    }
}
