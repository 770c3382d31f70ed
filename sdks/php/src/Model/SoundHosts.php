<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** SoundHosts, as the API answers it. */
final class SoundHosts extends Model
{
    /**
     * @param list<string> $hosts Names, or `*.` and a name: every host below it.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly array $hosts,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            hosts: $data['hosts'],
            raw: $data,
        );
    }
}
