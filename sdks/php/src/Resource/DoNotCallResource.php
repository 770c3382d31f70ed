<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Resource;

use Sautikit\Internal\Resource;
use Sautikit\Model\DoNotCallAdded;
use Sautikit\Model\DoNotCallNumber;
use Sautikit\Model\DoNotCallNumberPage;
use Sautikit\Pages;

/** The routes of do not call. */
final class DoNotCallResource extends Resource
{
    /**
     * Add up to 1,000 numbers. Scope: calls.write.
     *
     * @param list<string> $numbers
     */
    public function create(
        array $numbers,
        ?string $reason = null,
        ?string $idempotencyKey = null,
    ): DoNotCallAdded {
        $body = self::given([
            'numbers' => $numbers,
            'reason' => $reason,
        ]);

        return DoNotCallAdded::fromArray($this->ask('POST', '/v1/do-not-call', body: $body, key: $idempotencyKey ?? true));
    }

    /** Take a number off the list, because the person agreed to be called again. Scope: calls.write. */
    public function delete(string $e164): void
    {
        $this->ask('DELETE', '/v1/do-not-call/' . self::quoted('e164', $e164));
    }

    /**
     * List the numbers, the latest first. Scope: calls.read.
     *
     * @param int $limit Rows a page.
     * @param string $cursor `next_cursor` of the page before.
     * @return Pages<DoNotCallNumber, DoNotCallNumberPage>
     */
    public function list(?int $limit = null, ?string $cursor = null): Pages
    {
        $query = self::given([
            'limit' => $limit,
            'cursor' => $cursor,
        ]);

        return $this->pages('/v1/do-not-call', $query, DoNotCallNumberPage::fromArray(...), 'data', 'cursor');
    }
}
