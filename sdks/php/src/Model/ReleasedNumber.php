<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** ReleasedNumber, as the API answers it. */
final class ReleasedNumber extends Model
{
    /**
     * @param 'released' $status
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $id,
        public readonly string $e164,
        public readonly string $status,
        public readonly \DateTimeImmutable $releasedAt,
        public readonly Refund $refund,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            id: $data['id'],
            e164: $data['e164'],
            status: $data['status'],
            releasedAt: new \DateTimeImmutable($data['released_at']),
            refund: Refund::fromArray($data['refund']),
            raw: $data,
        );
    }
}
