<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** ClaimedNumber, as the API answers it. */
final class ClaimedNumber extends Model
{
    /**
     * @param 'active'|'released'|'suspended' $status
     * @param 'live'|'test' $mode
     * @param string $countryIso2 The same as `country`, for older clients.
     * @param list<string> $capabilities
     * @param int $monthlyPriceMinor A month's rental before VAT: 10000 is KES 100.
     * @param int $inboundPerMinMinor A minute of being called.
     * @param int $outboundPerMinMinor A minute of calling, billed by the second.
     * @param int $monthlyRetailMinor The same as `monthly_price_minor`.
     * @param string|null $ringClient The browser client that rings without a voice URL.
     * @param string|null $forwardTo Who is called without a voice URL, with commas.
     * @param string|null $voicemailGreeting What callers hear who reach nobody: a text, or the address of a sound file; null is none.
     * @param string|null $voicemailEmail Who gets a mail for each message; null: the owners.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $id,
        public readonly string $inventoryId,
        public readonly string $e164,
        public readonly string $status,
        public readonly string $mode,
        public readonly string $country,
        public readonly string $countryIso2,
        public readonly array $capabilities,
        public readonly int $monthlyPriceMinor,
        public readonly int $inboundPerMinMinor,
        public readonly int $outboundPerMinMinor,
        public readonly string $currency,
        public readonly int $monthlyRetailMinor,
        public readonly ?string $voiceCallbackUrl,
        public readonly ?string $voiceFallbackUrl,
        public readonly ?string $eventsUrl,
        public readonly ?string $ringClient,
        public readonly ?string $forwardTo,
        public readonly ?string $voicemailGreeting,
        public readonly ?string $voicemailEmail,
        public readonly bool $hasVoiceSigningSecret,
        public readonly \DateTimeImmutable $claimedAt,
        public readonly \DateTimeImmutable $createdAt,
        public readonly ?\DateTimeImmutable $releasedAt,
        public readonly Charge $charge,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            id: $data['id'],
            inventoryId: $data['inventory_id'],
            e164: $data['e164'],
            status: $data['status'],
            mode: $data['mode'],
            country: $data['country'],
            countryIso2: $data['country_iso2'],
            capabilities: $data['capabilities'],
            monthlyPriceMinor: $data['monthly_price_minor'],
            inboundPerMinMinor: $data['inbound_per_min_minor'],
            outboundPerMinMinor: $data['outbound_per_min_minor'],
            currency: $data['currency'],
            monthlyRetailMinor: $data['monthly_retail_minor'],
            voiceCallbackUrl: $data['voice_callback_url'] ?? null,
            voiceFallbackUrl: $data['voice_fallback_url'] ?? null,
            eventsUrl: $data['events_url'] ?? null,
            ringClient: $data['ring_client'] ?? null,
            forwardTo: $data['forward_to'] ?? null,
            voicemailGreeting: $data['voicemail_greeting'] ?? null,
            voicemailEmail: $data['voicemail_email'] ?? null,
            hasVoiceSigningSecret: $data['has_voice_signing_secret'],
            claimedAt: new \DateTimeImmutable($data['claimed_at']),
            createdAt: new \DateTimeImmutable($data['created_at']),
            releasedAt: isset($data['released_at']) ? new \DateTimeImmutable($data['released_at']) : null,
            charge: Charge::fromArray($data['charge']),
            raw: $data,
        );
    }
}
