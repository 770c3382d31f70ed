<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** As RTCPeerConnection takes it. */
final class IceServer extends Model
{
    /**
     * @param list<string> $urls
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly array $urls,
        public readonly ?string $username = null,
        public readonly ?string $credential = null,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            urls: $data['urls'],
            username: $data['username'] ?? null,
            credential: $data['credential'] ?? null,
            raw: $data,
        );
    }
}
