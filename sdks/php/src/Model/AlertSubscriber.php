<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** AlertSubscriber, as the API answers it. */
final class AlertSubscriber extends Model
{
    /**
     * @param 'confirmed'|'pending' $status `pending` until the address has agreed by the link in its mail; only then it is told.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $id,
        public readonly string $email,
        public readonly string $status,
        public readonly \DateTimeImmutable $createdAt,
        public readonly ?\DateTimeImmutable $confirmedAt,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            id: $data['id'],
            email: $data['email'],
            status: $data['status'],
            createdAt: new \DateTimeImmutable($data['created_at']),
            confirmedAt: isset($data['confirmed_at']) ? new \DateTimeImmutable($data['confirmed_at']) : null,
            raw: $data,
        );
    }
}
