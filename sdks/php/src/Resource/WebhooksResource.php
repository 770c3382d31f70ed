<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Resource;

use Sautikit\Internal\Resource;
use Sautikit\Model\Delivery;
use Sautikit\Model\DeliveryPage;
use Sautikit\Model\DeliveryWithAttempts;
use Sautikit\Model\Replay;
use Sautikit\Model\TestSent;
use Sautikit\Model\WebhookEndpoint;
use Sautikit\Model\WebhookEndpointPage;
use Sautikit\Model\WebhookEndpointWithSecret;
use Sautikit\Pages;

/** The routes of webhooks. */
final class WebhooksResource extends Resource
{
    /**
     * Create an endpoint. Scope: webhooks.manage.
     *
     * @param list<string> $events
     */
    public function create(
        string $url,
        ?array $events = null,
        ?string $description = null,
        ?bool $ordered = null,
        ?string $idempotencyKey = null,
    ): WebhookEndpointWithSecret {
        $body = self::given([
            'url' => $url,
            'events' => $events,
            'description' => $description,
            'ordered' => $ordered,
        ]);

        return WebhookEndpointWithSecret::fromArray($this->ask('POST', '/v1/webhooks', body: $body, key: $idempotencyKey ?? true));
    }

    /** Remove an endpoint. Scope: webhooks.manage. */
    public function delete(string $endpointId): void
    {
        $this->ask('DELETE', '/v1/webhooks/' . self::quoted('endpoint_id', $endpointId));
    }

    /**
     * List what was sent to an endpoint, newest first. Scope: webhooks.read.
     *
     * @param 'dead_letter'|'delivered'|'pending'|'retrying' $status Only deliveries in this state.
     * @param int $limit Rows a page.
     * @param string $cursor `next_cursor` of the page before.
     * @return Pages<Delivery, DeliveryPage>
     */
    public function deliveries(
        string $endpointId,
        ?string $status = null,
        ?int $limit = null,
        ?string $cursor = null,
    ): Pages {
        $query = self::given([
            'status' => $status,
            'limit' => $limit,
            'cursor' => $cursor,
        ]);

        return $this->pages('/v1/webhooks/' . self::quoted('endpoint_id', $endpointId) . '/deliveries', $query, DeliveryPage::fromArray(...), 'data', 'cursor');
    }

    /** One delivery with every attempt. Scope: webhooks.read. */
    public function delivery(string $endpointId, string $deliveryId): DeliveryWithAttempts
    {
        return DeliveryWithAttempts::fromArray($this->ask('GET', '/v1/webhooks/' . self::quoted('endpoint_id', $endpointId) . '/deliveries/' . self::quoted('delivery_id', $deliveryId)));
    }

    /** Read one endpoint. Scope: webhooks.read. */
    public function get(string $endpointId): WebhookEndpoint
    {
        return WebhookEndpoint::fromArray($this->ask('GET', '/v1/webhooks/' . self::quoted('endpoint_id', $endpointId)));
    }

    /**
     * List the endpoints, newest first. Scope: webhooks.read.
     *
     * @param int $limit Rows a page.
     * @param string $cursor `next_cursor` of the page before.
     * @return Pages<WebhookEndpoint, WebhookEndpointPage>
     */
    public function list(?int $limit = null, ?string $cursor = null): Pages
    {
        $query = self::given([
            'limit' => $limit,
            'cursor' => $cursor,
        ]);

        return $this->pages('/v1/webhooks', $query, WebhookEndpointPage::fromArray(...), 'data', 'cursor');
    }

    /** Send every subscribed event of a range of time again, whether it was delivered or not. Scope: webhooks.manage. */
    public function replay(
        string $endpointId,
        \DateTimeInterface|string $from,
        \DateTimeInterface|string $to,
        ?string $idempotencyKey = null,
    ): Replay {
        $body = self::given([
            'from' => $from,
            'to' => $to,
        ]);

        return Replay::fromArray($this->ask('POST', '/v1/webhooks/' . self::quoted('endpoint_id', $endpointId) . '/replay', body: $body, key: $idempotencyKey ?? true));
    }

    /** Try a dead or waiting delivery again now. Scope: webhooks.manage. */
    public function retryDelivery(
        string $endpointId,
        string $deliveryId,
        ?string $idempotencyKey = null,
    ): Delivery {
        return Delivery::fromArray($this->ask('POST', '/v1/webhooks/' . self::quoted('endpoint_id', $endpointId) . '/deliveries/' . self::quoted('delivery_id', $deliveryId) . '/retry', key: $idempotencyKey ?? true));
    }

    /** Give the endpoint a new secret, shown once. Scope: webhooks.manage. */
    public function rotateSecret(
        string $endpointId,
        ?string $idempotencyKey = null,
    ): WebhookEndpointWithSecret {
        return WebhookEndpointWithSecret::fromArray($this->ask('POST', '/v1/webhooks/' . self::quoted('endpoint_id', $endpointId) . '/rotate-secret', key: $idempotencyKey ?? true));
    }

    /** Send a `webhook.test` event to one endpoint. Scope: webhooks.manage. */
    public function test(string $endpointId, ?string $idempotencyKey = null): TestSent
    {
        return TestSent::fromArray($this->ask('POST', '/v1/webhooks/' . self::quoted('endpoint_id', $endpointId) . '/test', key: $idempotencyKey ?? true));
    }

    /**
     * Change an endpoint, pause it or set it going again. Scope: webhooks.manage.
     *
     * @param list<string> $events
     */
    public function update(
        string $endpointId,
        ?string $url = null,
        ?array $events = null,
        ?string $description = null,
        ?bool $ordered = null,
        ?bool $paused = null,
    ): WebhookEndpoint {
        $body = self::given([
            'url' => $url,
            'events' => $events,
            'description' => $description,
            'ordered' => $ordered,
            'paused' => $paused,
        ]);

        return WebhookEndpoint::fromArray($this->ask('PATCH', '/v1/webhooks/' . self::quoted('endpoint_id', $endpointId), body: $body));
    }
}
