<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** Supervisor, as the API answers it. */
final class Supervisor extends Model
{
    /**
     * @param 'client'|'phone'|'sip' $type
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $type,
        public readonly ?string $identity,
        public readonly ?string $number,
        public readonly ?string $label,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            type: $data['type'],
            identity: $data['identity'] ?? null,
            number: $data['number'] ?? null,
            label: $data['label'] ?? null,
            raw: $data,
        );
    }
}
