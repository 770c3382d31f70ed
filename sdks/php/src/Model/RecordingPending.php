<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** RecordingPending, as the API answers it. */
final class RecordingPending extends Model
{
    /**
     * @param 'pending' $status
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $status,
        public readonly int $retryAfterSeconds,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            status: $data['status'],
            retryAfterSeconds: $data['retry_after_seconds'],
            raw: $data,
        );
    }
}
