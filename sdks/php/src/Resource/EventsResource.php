<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Resource;

use Sautikit\Internal\Resource;
use Sautikit\Model\Event;
use Sautikit\Model\EventPage;
use Sautikit\Pages;

/** The routes of events. */
final class EventsResource extends Resource
{
    /**
     * List every event of the workspace in order, for 30 days. Scope: events.read.
     *
     * @param int $after The sequence to go on from: `next_cursor`, or the last one you have.
     * @param string $kind A name (`call.completed`) or a family (`call.*`).
     * @param int $limit Rows a page.
     * @return Pages<Event, EventPage>
     */
    public function list(?int $after = null, ?string $kind = null, ?int $limit = null): Pages
    {
        $query = self::given([
            'after' => $after,
            'kind' => $kind,
            'limit' => $limit,
        ]);

        return $this->pages('/v1/events', $query, EventPage::fromArray(...), 'data', 'after');
    }
}
