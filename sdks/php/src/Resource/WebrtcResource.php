<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Resource;

use Sautikit\Internal\Resource;
use Sautikit\Model\WebrtcToken;
use Sautikit\Omit;

/** The routes of webrtc. */
final class WebrtcResource extends Resource
{
    /** Make a token for one browser session. Scope: webrtc.token. */
    public function mintToken(
        ?string $clientName = null,
        ?string $role = null,
        string|null|Omit $tenantNumberId = Omit::It,
        ?string $phoneNumber = null,
    ): WebrtcToken {
        $body = self::given([
            'client_name' => $clientName,
            'role' => $role,
            'tenant_number_id' => $tenantNumberId,
            'phone_number' => $phoneNumber,
        ], ['tenant_number_id']);

        return WebrtcToken::fromArray($this->ask('POST', '/v1/webrtc/token', body: $body));
    }
}
