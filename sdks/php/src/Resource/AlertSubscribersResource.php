<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Resource;

use Sautikit\Internal\Resource;
use Sautikit\Model\AlertSubscriber;
use Sautikit\Model\AlertSubscriberPage;
use Sautikit\Pages;

/** The routes of alert subscribers. */
final class AlertSubscribersResource extends Resource
{
    /** Agree to low-balance mails with the token of the mail that asked. */
    public function confirm(string $token): AlertSubscriber
    {
        $body = self::given([
            'token' => $token,
        ]);

        return AlertSubscriber::fromArray($this->ask('POST', '/v1/wallet/alert/confirm', body: $body));
    }

    /** Add a recipient. Scope: wallet.topup. */
    public function create(string $email, ?string $idempotencyKey = null): AlertSubscriber
    {
        $body = self::given([
            'email' => $email,
        ]);

        return AlertSubscriber::fromArray($this->ask('POST', '/v1/wallet/alert/subscribers', body: $body, key: $idempotencyKey ?? true));
    }

    /** Remove a recipient, whether it has agreed or not. Scope: wallet.topup. */
    public function delete(string $subscriberId): void
    {
        $this->ask('DELETE', '/v1/wallet/alert/subscribers/' . self::quoted('subscriber_id', $subscriberId));
    }

    /**
     * List the recipients of low-balance mails, newest first. Scope: wallet.read.
     *
     * @param int $limit Rows a page.
     * @param string $cursor `next_cursor` of the page before.
     * @return Pages<AlertSubscriber, AlertSubscriberPage>
     */
    public function list(?int $limit = null, ?string $cursor = null): Pages
    {
        $query = self::given([
            'limit' => $limit,
            'cursor' => $cursor,
        ]);

        return $this->pages('/v1/wallet/alert/subscribers', $query, AlertSubscriberPage::fromArray(...), 'data', 'cursor');
    }
}
