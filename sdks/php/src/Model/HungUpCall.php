<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** HungUpCall, as the API answers it. */
final class HungUpCall extends Model
{
    /**
     * @param 'hung_up' $status
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $callId,
        public readonly string $status,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            callId: $data['call_id'],
            status: $data['status'],
            raw: $data,
        );
    }
}
