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
     * @param int|null $confidencePercent How sure the recogniser is, where it says so.
     * @param string|null $reason Why nobody could understand it.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $status,
        public readonly ?string $text,
        public readonly ?int $confidencePercent,
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
            confidencePercent: $data['confidence_percent'] ?? null,
            recogniser: $data['recogniser'] ?? null,
            reason: $data['reason'] ?? null,
            raw: $data,
        );
    }
}
