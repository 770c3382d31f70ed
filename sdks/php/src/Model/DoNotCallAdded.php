<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** DoNotCallAdded, as the API answers it. */
final class DoNotCallAdded extends Model
{
    /**
     * @param int $added New on the list.
     * @param int $known On it already.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly int $added,
        public readonly int $known,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            added: $data['added'],
            known: $data['known'],
            raw: $data,
        );
    }
}
