<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** AvailableNumbers, as the API answers it. */
final class AvailableNumbers extends Model
{
    /**
     * @param list<InventoryNumber> $available
     * @param string|null $nextCursor Send it as `cursor` to get the next page.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly array $available,
        public readonly ?string $nextCursor,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            available: array_map(InventoryNumber::fromArray(...), $data['available']),
            nextCursor: $data['next_cursor'] ?? null,
            raw: $data,
        );
    }
}
