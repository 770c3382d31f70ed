<?php

declare(strict_types=1);

namespace Sautikit;

/**
 * A list that comes in pages: `foreach ($sautikit->calls->list() as $call)` is every row.
 *
 * @template Row
 * @template Page
 *
 * @implements \IteratorAggregate<int, Row>
 */
final class Pages implements \IteratorAggregate
{
    /**
     * @param \Closure(array<string, mixed>): Page $ask
     * @param array<string, mixed> $query
     */
    public function __construct(
        private readonly \Closure $ask,
        private readonly array $query,
        private readonly string $rows,
        private readonly string $cursor,
    ) {
    }

    /**
     * Ask for the first page.
     *
     * @return Page
     */
    public function page(): object
    {
        return ($this->ask)($this->query);
    }

    /**
     * Give page after page, each asked for when it is needed.
     *
     * @return \Generator<int, Page>
     */
    public function pages(): \Generator
    {
        $query = $this->query;
        do {
            $page = ($this->ask)($query);
            yield $page;
            $query = [$this->cursor => $page->nextCursor] + $query;
        } while ($page->nextCursor !== null && $page->nextCursor !== '');
    }

    /** @return \Generator<int, Row> */
    public function getIterator(): \Generator
    {
        foreach ($this->pages() as $page) {
            foreach ($page->{$this->rows} as $row) {
                yield $row;
            }
        }
    }
}
