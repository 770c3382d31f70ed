<?php

declare(strict_types=1);

namespace Sautikit;

use Sautikit\Exception\SignatureException;
use Sautikit\Model\Event;

/** Webhook signatures: HMAC-SHA256 over body + "." + t, as `X-Sautikit-Signature` carries it. */
final class Webhook
{
    public const TOLERANCE_SECONDS = 300;

    /**
     * Tell whether we signed these bytes with this secret, within the tolerance. Works for webhooks
     * and for voice callbacks.
     *
     * @param string $body the raw bytes, as `file_get_contents('php://input')` gives them
     * @param string|list<string> $secret one, or several while one is being rotated
     */
    public static function verify(
        string $body,
        string $signature,
        string|array $secret,
        int $toleranceSeconds = self::TOLERANCE_SECONDS,
        ?int $now = null,
    ): bool {
        [$stamp, $marks] = self::read($signature);
        if ($stamp === null || abs(($now ?? time()) - $stamp) > $toleranceSeconds) {
            return false;
        }
        foreach ((array) $secret as $each) {
            $wanted = hash_hmac('sha256', "{$body}.{$stamp}", $each);
            foreach ($marks as $mark) {
                if ($each !== '' && hash_equals($wanted, $mark)) {
                    return true;
                }
            }
        }

        return false;
    }

    /**
     * Verify a request and return its event.
     *
     * @param string|list<string> $secret
     *
     * @throws SignatureException
     */
    public static function constructEvent(
        string $body,
        string $signature,
        string|array $secret,
        int $toleranceSeconds = self::TOLERANCE_SECONDS,
        ?int $now = null,
    ): Event {
        if (!self::verify($body, $signature, $secret, $toleranceSeconds, $now)) {
            $told = 'The signature is missing, wrong or older than the tolerance.';
            throw new SignatureException($told);
        }

        return Event::fromArray(json_decode($body, true, flags: JSON_THROW_ON_ERROR));
    }

    /** @return array{?int, list<string>} */
    private static function read(string $header): array
    {
        $stamps = $marks = [];
        foreach (explode(',', $header) as $part) {
            [$name, $value] = explode('=', trim($part), 2) + [1 => ''];
            if ($name === 't') {
                $stamps[] = $value;
            } elseif ($name === 'v1') {
                $marks[] = strtolower($value);
            }
        }
        $isOne = count($stamps) === 1 && preg_match('/^\d{1,18}$/D', $stamps[0]) === 1;

        return [$isOne ? (int) $stamps[0] : null, $marks];
    }
}
