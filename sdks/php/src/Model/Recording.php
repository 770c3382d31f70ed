<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** Recording, as the API answers it. */
final class Recording extends Model
{
    /**
     * @param 'deleted'|'expired'|'lost'|'pending'|'ready' $status
     * @param 'conference'|'dial'|'record'|'voicemail' $source The verb that made it.
     * @param int $channels 2 when each side of a bridge has its own channel.
     * @param string|null $endReason silence, key, max, hangup, stopped, or lost.
     * @param Transcript|null $transcript Null unless the record action asked for it.
     * @param \DateTimeImmutable|null $expiresAt When it will be deleted.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $id,
        public readonly string $callId,
        public readonly string $status,
        public readonly string $source,
        public readonly int $channels,
        public readonly ?int $durationSeconds,
        public readonly ?int $sizeBytes,
        public readonly ?string $endReason,
        public readonly ?Transcript $transcript,
        public readonly \DateTimeImmutable $createdAt,
        public readonly ?\DateTimeImmutable $readyAt,
        public readonly ?\DateTimeImmutable $expiresAt,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            id: $data['id'],
            callId: $data['call_id'],
            status: $data['status'],
            source: $data['source'],
            channels: $data['channels'],
            durationSeconds: $data['duration_seconds'] ?? null,
            sizeBytes: $data['size_bytes'] ?? null,
            endReason: $data['end_reason'] ?? null,
            transcript: isset($data['transcript']) ? Transcript::fromArray($data['transcript']) : null,
            createdAt: new \DateTimeImmutable($data['created_at']),
            readyAt: isset($data['ready_at']) ? new \DateTimeImmutable($data['ready_at']) : null,
            expiresAt: isset($data['expires_at']) ? new \DateTimeImmutable($data['expires_at']) : null,
            raw: $data,
        );
    }
}
