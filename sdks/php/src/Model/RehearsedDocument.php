<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** RehearsedDocument, as the API answers it. */
final class RehearsedDocument extends Model
{
    /**
     * @param list<VoiceFault> $errors
     * @param list<VoiceWarning> $warnings
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $url,
        public readonly bool $valid,
        public readonly array $errors,
        public readonly array $warnings,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            url: $data['url'],
            valid: $data['valid'],
            errors: array_map(VoiceFault::fromArray(...), $data['errors']),
            warnings: array_map(VoiceWarning::fromArray(...), $data['warnings']),
            raw: $data,
        );
    }
}
