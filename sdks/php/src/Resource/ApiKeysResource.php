<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Resource;

use Sautikit\Internal\Resource;
use Sautikit\Model\ApiKey;
use Sautikit\Model\ApiKeyPage;
use Sautikit\Model\Limits;
use Sautikit\Model\NewApiKey;
use Sautikit\Omit;
use Sautikit\Pages;

/** The routes of api keys. */
final class ApiKeysResource extends Resource
{
    /**
     * Make a key. Scope: api_keys.manage.
     *
     * @param list<string> $scopes
     * @param 'live'|'test' $mode
     * @param bool $marketing Calls of this key begin from 07:00 to 19:00 in Nairobi only.
     */
    public function create(
        ?string $label = null,
        ?string $name = null,
        ?array $scopes = null,
        \DateTimeInterface|string|null|Omit $expiresAt = Omit::It,
        ?string $mode = null,
        ?bool $marketing = null,
        ?string $idempotencyKey = null,
    ): NewApiKey {
        $body = self::given([
            'label' => $label,
            'name' => $name,
            'scopes' => $scopes,
            'expires_at' => $expiresAt,
            'mode' => $mode,
            'marketing' => $marketing,
        ], ['expires_at']);

        return NewApiKey::fromArray($this->ask('POST', '/v1/api-keys', body: $body, key: $idempotencyKey ?? true));
    }

    /** Revoke one key and every key it made. Scope: api_keys.manage. */
    public function delete(string $keyId): void
    {
        $this->ask('DELETE', '/v1/api-keys/' . self::quoted('key_id', $keyId));
    }

    /**
     * List the keys of this workspace and mode, newest first. Scope: api_keys.manage.
     *
     * @param int $limit Rows a page.
     * @param string $cursor `next_cursor` of the page before.
     * @return Pages<ApiKey, ApiKeyPage>
     */
    public function list(?int $limit = null, ?string $cursor = null): Pages
    {
        $query = self::given([
            'limit' => $limit,
            'cursor' => $cursor,
        ]);

        return $this->pages('/v1/api-keys', $query, ApiKeyPage::fromArray(...), 'data', 'cursor');
    }

    /** Set the limits of one key. Scope: api_keys.manage. */
    public function setLimits(
        string $keyId,
        int|null|Omit $dayMinor = Omit::It,
        int|null|Omit $callMinor = Omit::It,
        int|null|Omit $minuteMinor = Omit::It,
    ): Limits {
        $body = self::given([
            'day_minor' => $dayMinor,
            'call_minor' => $callMinor,
            'minute_minor' => $minuteMinor,
        ], ['day_minor', 'call_minor', 'minute_minor']);

        return Limits::fromArray($this->ask('PUT', '/v1/api-keys/' . self::quoted('key_id', $keyId) . '/limits', body: $body));
    }
}
