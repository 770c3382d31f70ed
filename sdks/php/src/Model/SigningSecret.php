<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** SigningSecret, as the API answers it. */
final class SigningSecret extends Model
{
    /**
     * @param string|null $signingSecret Shown once: a replay of the same Idempotency-Key has null here.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly ?string $signingSecret,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            signingSecret: $data['signing_secret'] ?? null,
            raw: $data,
        );
    }
}
