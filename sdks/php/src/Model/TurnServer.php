<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** TurnServer, as the API answers it. */
final class TurnServer extends Model
{
    /**
     * @param list<IceServer> $iceServers
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly array $iceServers,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            iceServers: array_map(IceServer::fromArray(...), $data['iceServers']),
            raw: $data,
        );
    }
}
