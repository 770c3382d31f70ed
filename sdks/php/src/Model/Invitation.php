<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** Invitation, as the API answers it. */
final class Invitation extends Model
{
    /**
     * @param 'admin'|'member'|'owner'|'viewer' $role
     * @param 'accepted'|'expired'|'pending'|'revoked' $status
     * @param \DateTimeImmutable $expiresAt 7 days after the last mail.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $id,
        public readonly string $email,
        public readonly string $role,
        public readonly string $status,
        public readonly ?string $invitedBy,
        public readonly \DateTimeImmutable $createdAt,
        public readonly \DateTimeImmutable $sentAt,
        public readonly \DateTimeImmutable $expiresAt,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            id: $data['id'],
            email: $data['email'],
            role: $data['role'],
            status: $data['status'],
            invitedBy: $data['invited_by'] ?? null,
            createdAt: new \DateTimeImmutable($data['created_at']),
            sentAt: new \DateTimeImmutable($data['sent_at']),
            expiresAt: new \DateTimeImmutable($data['expires_at']),
            raw: $data,
        );
    }
}
