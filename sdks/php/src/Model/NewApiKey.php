<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** NewApiKey, as the API answers it. */
final class NewApiKey extends Model
{
    /**
     * @param string $prefix The first characters, to tell keys apart.
     * @param 'live'|'test' $mode
     * @param list<string>|null $scopes
     * @param bool $marketing Whether its calls begin from 07:00 to 19:00 in Nairobi only.
     * @param 'active'|'expired'|'revoked' $status
     * @param string|null $secret Shown once: a replay of the same Idempotency-Key has null here.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $id,
        public readonly string $label,
        public readonly string $prefix,
        public readonly string $mode,
        public readonly ?array $scopes,
        public readonly bool $marketing,
        public readonly string $status,
        public readonly string $createdBy,
        public readonly \DateTimeImmutable $createdAt,
        public readonly ?\DateTimeImmutable $lastUsedAt,
        public readonly ?\DateTimeImmutable $expiresAt,
        public readonly ?\DateTimeImmutable $revokedAt,
        public readonly ?string $secret,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            id: $data['id'],
            label: $data['label'],
            prefix: $data['prefix'],
            mode: $data['mode'],
            scopes: $data['scopes'] ?? null,
            marketing: $data['marketing'],
            status: $data['status'],
            createdBy: $data['created_by'],
            createdAt: new \DateTimeImmutable($data['created_at']),
            lastUsedAt: isset($data['last_used_at']) ? new \DateTimeImmutable($data['last_used_at']) : null,
            expiresAt: isset($data['expires_at']) ? new \DateTimeImmutable($data['expires_at']) : null,
            revokedAt: isset($data['revoked_at']) ? new \DateTimeImmutable($data['revoked_at']) : null,
            secret: $data['secret'] ?? null,
            raw: $data,
        );
    }
}
