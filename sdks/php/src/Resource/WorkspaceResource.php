<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Resource;

use Sautikit\Internal\Resource;
use Sautikit\Model\SigningSecret;
use Sautikit\Model\Workspace;

/** The routes of workspace. */
final class WorkspaceResource extends Resource
{
    /** Read the workspace. */
    public function get(): Workspace
    {
        return Workspace::fromArray($this->ask('GET', '/v1/workspace'));
    }

    /** Replace the secret that signs voice callbacks and per-call targets. Scope: api_keys.manage. */
    public function rotateSigningSecret(?string $idempotencyKey = null): SigningSecret
    {
        return SigningSecret::fromArray($this->ask('POST', '/v1/workspace/rotate-signing-secret', key: $idempotencyKey ?? true));
    }

    /** Rename the workspace. Scope: members.manage. */
    public function update(string $name): Workspace
    {
        $body = self::given([
            'name' => $name,
        ]);

        return Workspace::fromArray($this->ask('PATCH', '/v1/workspace', body: $body));
    }
}
