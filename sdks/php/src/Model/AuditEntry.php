<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** AuditEntry, as the API answers it. */
final class AuditEntry extends Model
{
    /**
     * @param string $actor Who did it: `user:`, `key:` or `operator:` and an id, or a job.
     * @param string $subject What it was done to.
     * @param array<string, mixed>|null $before What was changed, as it was.
     * @param array<string, mixed>|null $after What was changed, as it is now.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $id,
        public readonly string $actionKind,
        public readonly string $actor,
        public readonly string $subject,
        public readonly ?array $before,
        public readonly ?array $after,
        public readonly string $reason,
        public readonly \DateTimeImmutable $createdAt,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            id: $data['id'],
            actionKind: $data['action_kind'],
            actor: $data['actor'],
            subject: $data['subject'],
            before: $data['before'] ?? null,
            after: $data['after'] ?? null,
            reason: $data['reason'],
            createdAt: new \DateTimeImmutable($data['created_at']),
            raw: $data,
        );
    }
}
