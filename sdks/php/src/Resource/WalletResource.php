<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Resource;

use Sautikit\Internal\Resource;
use Sautikit\Model\Balance;
use Sautikit\Model\Limits;
use Sautikit\Model\StatementRow;
use Sautikit\Model\StatementRowPage;
use Sautikit\Omit;
use Sautikit\Pages;

/** The routes of wallet. */
final class WalletResource extends Resource
{
    /** The money of the workspace. Scope: wallet.read. */
    public function balance(): Balance
    {
        return Balance::fromArray($this->ask('GET', '/v1/wallet/balance'));
    }

    /** Read the limits, what today has taken of them, and the destinations that are open. Scope: wallet.read. */
    public function limits(): Limits
    {
        return Limits::fromArray($this->ask('GET', '/v1/wallet/limits'));
    }

    /** Set the limits of the whole workspace. Scope: api_keys.manage. */
    public function setLimits(
        int|null|Omit $dayMinor = Omit::It,
        int|null|Omit $callMinor = Omit::It,
        int|null|Omit $minuteMinor = Omit::It,
    ): Limits {
        $body = self::given([
            'day_minor' => $dayMinor,
            'call_minor' => $callMinor,
            'minute_minor' => $minuteMinor,
        ], ['day_minor', 'call_minor', 'minute_minor']);

        return Limits::fromArray($this->ask('PUT', '/v1/wallet/limits', body: $body));
    }

    /** The balance below which `wallet.low_balance` is sent. Scope: wallet.topup. */
    public function setThreshold(int $thresholdMinor): Balance
    {
        $body = self::given([
            'threshold_minor' => $thresholdMinor,
        ]);

        return Balance::fromArray($this->ask('PATCH', '/v1/wallet/threshold', body: $body));
    }

    /**
     * Every movement of the wallet, newest first, with the balance after it. Scope: wallet.read.
     *
     * @param string $kind One or more of topup, call, rental, rental_refund, storage, supervision, reversal, adjustment, trial, separated by commas.
     * @param \DateTimeImmutable $from From this day (2026-11-22) or RFC 3339 time on.
     * @param \DateTimeImmutable $to Up to the end of this day, or before this RFC 3339 time.
     * @param int $limit Rows a page.
     * @param string $cursor `next_cursor` of the page before.
     * @return Pages<StatementRow, StatementRowPage>
     */
    public function statements(
        ?string $kind = null,
        \DateTimeInterface|string|null $from = null,
        \DateTimeInterface|string|null $to = null,
        ?int $limit = null,
        ?string $cursor = null,
    ): Pages {
        $query = self::given([
            'kind' => $kind,
            'from' => $from,
            'to' => $to,
            'limit' => $limit,
            'cursor' => $cursor,
        ]);

        return $this->pages('/v1/wallet/statements', $query, StatementRowPage::fromArray(...), 'data', 'cursor');
    }
}
