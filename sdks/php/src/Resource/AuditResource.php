<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Resource;

use Sautikit\Internal\Resource;
use Sautikit\Model\AuditEntry;
use Sautikit\Model\AuditEntryPage;
use Sautikit\Pages;

/** The routes of audit. */
final class AuditResource extends Resource
{
    /**
     * Read who changed what in this workspace, newest first. Scope: audit.read.
     *
     * @param int $limit Rows a page.
     * @param string $cursor `next_cursor` of the page before.
     * @param string $actionKind One kind of action.
     * @param string $actor Who did it, such as `user:` and an id.
     * @param \DateTimeImmutable $from Not before.
     * @param \DateTimeImmutable $to Before.
     * @return Pages<AuditEntry, AuditEntryPage>
     */
    public function list(
        ?int $limit = null,
        ?string $cursor = null,
        ?string $actionKind = null,
        ?string $actor = null,
        \DateTimeInterface|string|null $from = null,
        \DateTimeInterface|string|null $to = null,
    ): Pages {
        $query = self::given([
            'limit' => $limit,
            'cursor' => $cursor,
            'action_kind' => $actionKind,
            'actor' => $actor,
            'from' => $from,
            'to' => $to,
        ]);

        return $this->pages('/v1/audit', $query, AuditEntryPage::fromArray(...), 'data', 'cursor');
    }
}
