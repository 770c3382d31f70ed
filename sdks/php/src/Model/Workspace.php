<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** Workspace, as the API answers it. */
final class Workspace extends Model
{
    /**
     * @param string $currency Locked after creation.
     * @param string $mpesaAccountRef The account number for paying by Paybill.
     * @param 'active'|'closed'|'suspended' $status
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $id,
        public readonly string $name,
        public readonly string $slug,
        public readonly string $country,
        public readonly string $currency,
        public readonly string $mpesaAccountRef,
        public readonly string $status,
        public readonly \DateTimeImmutable $createdAt,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            id: $data['id'],
            name: $data['name'],
            slug: $data['slug'],
            country: $data['country'],
            currency: $data['currency'],
            mpesaAccountRef: $data['mpesa_account_ref'],
            status: $data['status'],
            createdAt: new \DateTimeImmutable($data['created_at']),
            raw: $data,
        );
    }
}
