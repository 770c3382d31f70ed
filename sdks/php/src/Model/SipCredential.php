<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** SipCredential, as the API answers it. */
final class SipCredential extends Model
{
    /**
     * @param string $username What the phone registers as; also its name in `dial.sip`.
     * @param string $sipUri What `dial.sip` calls.
     * @param string $server Host and port of the registrar.
     * @param 'udp' $transport
     * @param string $wsUrl Where browser phones connect (`POST /v1/webrtc/token`).
     * @param bool $registered Whether a phone is there now.
     * @param string|null $userAgent What the phone calls itself.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $id,
        public readonly string $label,
        public readonly string $username,
        public readonly string $realm,
        public readonly string $sipUri,
        public readonly string $server,
        public readonly string $transport,
        public readonly string $wsUrl,
        public readonly bool $registered,
        public readonly ?\DateTimeImmutable $registeredUntil,
        public readonly ?string $userAgent,
        public readonly \DateTimeImmutable $createdAt,
        public readonly ?\DateTimeImmutable $rotatedAt,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            id: $data['id'],
            label: $data['label'],
            username: $data['username'],
            realm: $data['realm'],
            sipUri: $data['sip_uri'],
            server: $data['server'],
            transport: $data['transport'],
            wsUrl: $data['ws_url'],
            registered: $data['registered'],
            registeredUntil: isset($data['registered_until']) ? new \DateTimeImmutable($data['registered_until']) : null,
            userAgent: $data['user_agent'] ?? null,
            createdAt: new \DateTimeImmutable($data['created_at']),
            rotatedAt: isset($data['rotated_at']) ? new \DateTimeImmutable($data['rotated_at']) : null,
            raw: $data,
        );
    }
}
