<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Resource;

use Sautikit\Internal\Resource;
use Sautikit\Model\AvailableNumbers;
use Sautikit\Model\ClaimedNumber;
use Sautikit\Model\InventoryNumber;
use Sautikit\Model\NewSipCredential;
use Sautikit\Model\ReleasedNumber;
use Sautikit\Model\SipCredential;
use Sautikit\Model\SipCredentialPage;
use Sautikit\Model\TenantNumber;
use Sautikit\Model\TenantNumbers;
use Sautikit\Omit;
use Sautikit\Pages;

/** The routes of numbers. */
final class NumbersResource extends Resource
{
    /**
     * List the numbers that can be claimed, in order. Scope: numbers.read.
     *
     * @param string $country ISO 3166 alpha-2, such as KE.
     * @param string $currency ISO 4217, such as KES.
     * @param string $capability What the number must be able to do, such as voice.
     * @param string $contains Digits the number must hold.
     * @param int $limit Rows a page.
     * @param string $cursor `next_cursor` of the page before.
     * @return Pages<InventoryNumber, AvailableNumbers>
     */
    public function available(
        ?string $country = null,
        ?string $currency = null,
        ?string $capability = null,
        ?string $contains = null,
        ?int $limit = null,
        ?string $cursor = null,
    ): Pages {
        $query = self::given([
            'country' => $country,
            'currency' => $currency,
            'capability' => $capability,
            'contains' => $contains,
            'limit' => $limit,
            'cursor' => $cursor,
        ]);

        return $this->pages('/v1/numbers/available', $query, AvailableNumbers::fromArray(...), 'available', 'cursor');
    }

    /** Claim a number and pay the rest of the month in one step. Scope: numbers.claim. */
    public function claim(
        ?string $inventoryId = null,
        ?string $e164 = null,
        string|null|Omit $voiceCallbackUrl = Omit::It,
        string|null|Omit $eventsUrl = Omit::It,
        string|null|Omit $voiceFallbackUrl = Omit::It,
        ?string $idempotencyKey = null,
    ): ClaimedNumber {
        $body = self::given([
            'inventory_id' => $inventoryId,
            'e164' => $e164,
            'voice_callback_url' => $voiceCallbackUrl,
            'events_url' => $eventsUrl,
            'voice_fallback_url' => $voiceFallbackUrl,
        ], ['voice_callback_url', 'events_url', 'voice_fallback_url']);

        return ClaimedNumber::fromArray($this->ask('POST', '/v1/numbers/claim', body: $body, key: $idempotencyKey ?? true));
    }

    /** Make a credential for one phone. Scope: numbers.route. */
    public function createSipCredential(
        string $numberId,
        ?string $label = null,
        ?string $idempotencyKey = null,
    ): NewSipCredential {
        $body = self::given([
            'label' => $label,
        ]);

        return NewSipCredential::fromArray($this->ask('POST', '/v1/numbers/' . self::quoted('number_id', $numberId) . '/sip-credentials', body: $body, key: $idempotencyKey ?? true));
    }

    /** Take a credential back. Scope: numbers.route. */
    public function deleteSipCredential(string $numberId, string $credentialId): void
    {
        $this->ask('DELETE', '/v1/numbers/' . self::quoted('number_id', $numberId) . '/sip-credentials/' . self::quoted('credential_id', $credentialId));
    }

    /** Read one number, released ones too. Scope: numbers.read. */
    public function get(string $numberId): TenantNumber
    {
        return TenantNumber::fromArray($this->ask('GET', '/v1/numbers/' . self::quoted('number_id', $numberId)));
    }

    /** List the numbers this workspace holds, newest first. Scope: numbers.read. */
    public function list(): TenantNumbers
    {
        return TenantNumbers::fromArray($this->ask('GET', '/v1/numbers'));
    }

    /** Release a number. Scope: numbers.release. */
    public function release(string $numberId): ReleasedNumber
    {
        return ReleasedNumber::fromArray($this->ask('DELETE', '/v1/numbers/' . self::quoted('number_id', $numberId)));
    }

    /** Make another password, shown once. Scope: numbers.route. */
    public function rotateSipCredential(
        string $numberId,
        string $credentialId,
        ?string $idempotencyKey = null,
    ): NewSipCredential {
        return NewSipCredential::fromArray($this->ask('POST', '/v1/numbers/' . self::quoted('number_id', $numberId) . '/sip-credentials/' . self::quoted('credential_id', $credentialId) . '/rotate', key: $idempotencyKey ?? true));
    }

    /** Change where a number's calls and events go. Scope: numbers.route. */
    public function setRouting(
        string $numberId,
        string|null|Omit $voiceCallbackUrl = Omit::It,
        string|null|Omit $voiceUrl = Omit::It,
        string|null|Omit $voiceFallbackUrl = Omit::It,
        string|null|Omit $eventsUrl = Omit::It,
        string|null|Omit $voiceSigningSecret = Omit::It,
        string|null|Omit $ringClient = Omit::It,
        string|null|Omit $forwardTo = Omit::It,
        string|null|Omit $voicemailGreeting = Omit::It,
        string|null|Omit $voicemailEmail = Omit::It,
    ): TenantNumber {
        $body = self::given([
            'voice_callback_url' => $voiceCallbackUrl,
            'voice_url' => $voiceUrl,
            'voice_fallback_url' => $voiceFallbackUrl,
            'events_url' => $eventsUrl,
            'voice_signing_secret' => $voiceSigningSecret,
            'ring_client' => $ringClient,
            'forward_to' => $forwardTo,
            'voicemail_greeting' => $voicemailGreeting,
            'voicemail_email' => $voicemailEmail,
        ], ['voice_callback_url', 'voice_url', 'voice_fallback_url', 'events_url', 'voice_signing_secret', 'ring_client', 'forward_to', 'voicemail_greeting', 'voicemail_email']);

        return TenantNumber::fromArray($this->ask('PATCH', '/v1/numbers/' . self::quoted('number_id', $numberId) . '/routing', body: $body));
    }

    /**
     * List the credentials of a number, newest first, and whether a phone is there. Scope: numbers.read.
     *
     * @param int $limit Rows a page.
     * @param string $cursor `next_cursor` of the page before.
     * @return Pages<SipCredential, SipCredentialPage>
     */
    public function sipCredentials(string $numberId, ?int $limit = null, ?string $cursor = null): Pages
    {
        $query = self::given([
            'limit' => $limit,
            'cursor' => $cursor,
        ]);

        return $this->pages('/v1/numbers/' . self::quoted('number_id', $numberId) . '/sip-credentials', $query, SipCredentialPage::fromArray(...), 'data', 'cursor');
    }
}
