<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** ReplacedActions, as the API answers it. */
final class ReplacedActions extends Model
{
    /**
     * @param 'accepted' $status
     * @param int $actions How many actions run from now on.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $callId,
        public readonly string $sessionId,
        public readonly string $status,
        public readonly int $actions,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            callId: $data['call_id'],
            sessionId: $data['session_id'],
            status: $data['status'],
            actions: $data['actions'],
            raw: $data,
        );
    }
}
