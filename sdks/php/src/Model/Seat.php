<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** Seat, as the API answers it. */
final class Seat extends Model
{
    /**
     * @param 'admin'|'member'|'owner'|'viewer' $role
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $workspaceId,
        public readonly string $role,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            workspaceId: $data['workspace_id'],
            role: $data['role'],
            raw: $data,
        );
    }
}
