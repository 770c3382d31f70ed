<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** SipCredentialPage, as the API answers it. */
final class SipCredentialPage extends Model
{
    /**
     * @param list<SipCredential> $data
     * @param string|null $nextCursor Send it as `cursor` to get the next page; null on the last one.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly array $data,
        public readonly ?string $nextCursor,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            data: array_map(SipCredential::fromArray(...), $data['data']),
            nextCursor: $data['next_cursor'] ?? null,
            raw: $data,
        );
    }
}
