<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Resource;

use Sautikit\Internal\Resource;
use Sautikit\Model\AudioUpload;

/** The routes of uploads. */
final class UploadsResource extends Resource
{
    /**
     * Keep a sound file with us and get the address that `play` plays it from. Scope: numbers.claim.
     *
     * @param string $file A WAV, MP3, Ogg (Vorbis or Opus) or FLAC file of at most 10 MiB.
     */
    public function audio(string $file, ?string $idempotencyKey = null): AudioUpload
    {
        $body = self::given([
            'file' => $file,
        ]);

        return AudioUpload::fromArray($this->ask('POST', '/v1/uploads/audio', form: $body, key: $idempotencyKey ?? true));
    }
}
