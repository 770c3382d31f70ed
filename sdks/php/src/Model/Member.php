<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** Member, as the API answers it. */
final class Member extends Model
{
    /**
     * @param 'admin'|'member'|'owner'|'viewer' $role
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $id,
        public readonly Person $user,
        public readonly string $role,
        public readonly \DateTimeImmutable $createdAt,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            id: $data['id'],
            user: Person::fromArray($data['user']),
            role: $data['role'],
            createdAt: new \DateTimeImmutable($data['created_at']),
            raw: $data,
        );
    }
}
