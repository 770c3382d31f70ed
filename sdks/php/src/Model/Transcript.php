<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** Transcript, as the API answers it. */
final class Transcript extends Model
{
    /**
     * @param 'completed'|'failed'|'pending' $status
     * @param float|null $confidence From 0 to 1, where the recogniser says it.
     * @param string|null $reason Why nobody could understand it.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $status,
        public readonly ?string $text,
        public readonly ?float $confidence,
        public readonly ?string $recogniser,
        public readonly ?string $reason,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            status: $data['status'],
            text: $data['text'] ?? null,
            confidence: $data['confidence'] ?? null,
            recogniser: $data['recogniser'] ?? null,
            reason: $data['reason'] ?? null,
            raw: $data,
        );
    }
}
