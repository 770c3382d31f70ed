<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Resource;

use Sautikit\Internal\Resource;

/** The routes of recordings. */
final class RecordingsResource extends Resource
{
    /** Delete a recording for ever. Scope: storage.manage. */
    public function delete(string $recordingId): void
    {
        $this->ask('DELETE', '/v1/recordings/' . self::quoted('recording_id', $recordingId));
    }
}
