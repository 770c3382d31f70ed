<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** WebrtcToken, as the API answers it. */
final class WebrtcToken extends Model
{
    /**
     * @param string $token A JSON Web Token; show it when the WebSocket opens.
     * @param string $endpoint Where the browser connects.
     * @param string $protocol The WebSocket sub-protocol to ask for.
     * @param string $clientName Who the browser is: what `dial` calls.
     * @param string $sipProfile The SIP address of this client, for `dial.sip`.
     * @param string $phoneNumber The number it calls as unless it names another of yours.
     * @param int $expiresIn Seconds in which the browser may connect with it.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $token,
        public readonly string $endpoint,
        public readonly string $protocol,
        public readonly string $clientName,
        public readonly string $sipProfile,
        public readonly string $phoneNumber,
        public readonly TurnServer $turnServer,
        public readonly int $expiresIn,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            token: $data['token'],
            endpoint: $data['endpoint'],
            protocol: $data['protocol'],
            clientName: $data['clientName'],
            sipProfile: $data['sipProfile'],
            phoneNumber: $data['phoneNumber'],
            turnServer: TurnServer::fromArray($data['turnServer']),
            expiresIn: $data['expiresIn'],
            raw: $data,
        );
    }
}
