<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Resource;

use Sautikit\Internal\Resource;
use Sautikit\Model\TopUp;

/** The routes of topups. */
final class TopupsResource extends Resource
{
    /**
     * Ask a phone to pay in. Scope: wallet.topup.
     *
     * @param 'mpesa' $provider
     */
    public function create(
        int $amountMinor,
        string $currency,
        string $phoneE164,
        ?string $provider = null,
        ?string $idempotencyKey = null,
    ): TopUp {
        $body = self::given([
            'amount_minor' => $amountMinor,
            'currency' => $currency,
            'phone_e164' => $phoneE164,
            'provider' => $provider,
        ]);

        return TopUp::fromArray($this->ask('POST', '/v1/topups', body: $body, key: $idempotencyKey ?? true));
    }

    /** How far a top-up has come. Scope: wallet.read. */
    public function get(string $topupId): TopUp
    {
        return TopUp::fromArray($this->ask('GET', '/v1/topups/' . self::quoted('topup_id', $topupId)));
    }
}
