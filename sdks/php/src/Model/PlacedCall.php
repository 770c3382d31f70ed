<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** PlacedCall, as the API answers it. */
final class PlacedCall extends Model
{
    /**
     * @param string $pbxSessionId Accepted wherever a call id is.
     * @param string $sessionId The same as `pbx_session_id`.
     * @param 'answered'|'busy'|'canceled'|'completed'|'failed'|'no_answer'|'ringing' $status
     * @param string $streamUrl Server-Sent Events of this call; needs no key.
     * @param string $clientRequestId What you sent, only when you sent it.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $callId,
        public readonly string $pbxSessionId,
        public readonly string $sessionId,
        public readonly string $status,
        public readonly string $streamUrl,
        public readonly ?string $clientRequestId = null,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            callId: $data['call_id'],
            pbxSessionId: $data['pbx_session_id'],
            sessionId: $data['session_id'],
            status: $data['status'],
            streamUrl: $data['stream_url'],
            clientRequestId: $data['client_request_id'] ?? null,
            raw: $data,
        );
    }
}
