<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** AudioUpload, as the API answers it. */
final class AudioUpload extends Model
{
    /**
     * @param string $url What `play` plays; it needs no key.
     * @param 'audio/flac'|'audio/mpeg'|'audio/ogg'|'audio/wav' $mimeType
     * @param \DateTimeImmutable $expiresAt When the address ends and the file is deleted.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $url,
        public readonly int $sizeBytes,
        public readonly string $mimeType,
        public readonly \DateTimeImmutable $expiresAt,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            url: $data['url'],
            sizeBytes: $data['size_bytes'],
            mimeType: $data['mime_type'],
            expiresAt: new \DateTimeImmutable($data['expires_at']),
            raw: $data,
        );
    }
}
