<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** VoiceVerdict, as the API answers it. */
final class VoiceVerdict extends Model
{
    /**
     * @param bool $valid Whether a call would run the document.
     * @param list<VoiceFault> $errors Every action that cannot be read.
     * @param list<VoiceWarning> $warnings
     * @param string $mended The whole document as it was probably meant; it has no finding left.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly bool $valid,
        public readonly array $errors,
        public readonly array $warnings,
        public readonly ?string $mended = null,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            valid: $data['valid'],
            errors: array_map(VoiceFault::fromArray(...), $data['errors']),
            warnings: array_map(VoiceWarning::fromArray(...), $data['warnings']),
            mended: $data['mended'] ?? null,
            raw: $data,
        );
    }
}
