<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** SupervisionReply, as the API answers it. */
final class SupervisionReply extends Model
{
    /** @param array<string, mixed> $raw As it came. */
    public function __construct(
        public readonly ?Supervision $supervision,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            supervision: isset($data['supervision']) ? Supervision::fromArray($data['supervision']) : null,
            raw: $data,
        );
    }
}
