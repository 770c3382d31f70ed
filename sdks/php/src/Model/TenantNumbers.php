<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** TenantNumbers, as the API answers it. */
final class TenantNumbers extends Model
{
    /**
     * @param list<TenantNumber> $numbers
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly array $numbers,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            numbers: array_map(TenantNumber::fromArray(...), $data['numbers']),
            raw: $data,
        );
    }
}
