<?php

declare(strict_types=1);

namespace Sautikit\Internal;

use Sautikit\Client;
use Sautikit\Exception\ConnectionException;
use Sautikit\Exception\SautikitException;
use Sautikit\Http\Reply;
use Sautikit\Http\Transport;

/** Sends requests with the key, again where that is safe. */
final class Sender
{
    public const FIRST_WAIT_SECONDS = 0.5;

    private const LONGEST_WAIT_SECONDS = 30;

    // The far end has done nothing in any of these, so asking again is safe.
    private const UNDONE = [429, 503];

    public function __construct(
        private readonly Transport $transport,
        private readonly string $baseUrl,
        private readonly string $apiKey,
        private readonly int $maxRetries,
    ) {
    }

    /**
     * @param array<string, mixed> $query
     * @param string|bool $key one of the caller's, true for a new one
     * @param array<string, string> $form files by the name of their field
     *
     * @throws SautikitException
     */
    public function send(string $method, string $path, array $query = [], mixed $body = null, string|bool $key = false, array $form = []): Reply
    {
        $url = $this->baseUrl . $path . self::query($query);
        $headers = $this->headers();
        $text = '';
        if ($form !== []) {
            $mark = bin2hex(random_bytes(16));
            $headers['Content-Type'] = "multipart/form-data; boundary={$mark}";
            $text = self::formed($form, $mark);
        } elseif ($body !== null || !in_array($method, ['GET', 'DELETE'], true)) {
            $headers['Content-Type'] = 'application/json';
            $text = json_encode(
                $body === null || $body === [] ? new \stdClass() : $body,
                JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION,
            );
        }
        if ($key !== false) {
            $headers['Idempotency-Key'] = $key === true ? self::newKey() : $key;
        }

        return $this->patiently($method, $url, $headers, $text);
    }

    /** How long to wait before asking again; null when that would not be safe. */
    public static function waitSeconds(SautikitException $problem, int $tried): ?float
    {
        $isUnreached = $problem instanceof ConnectionException && $problem->unreached;
        if (!$isUnreached && !in_array($problem->status, self::UNDONE, true)) {
            return null;
        }
        if ($problem->retryAfterSeconds !== null) {
            return $problem->retryAfterSeconds <= self::LONGEST_WAIT_SECONDS ? (float) $problem->retryAfterSeconds : null;
        }

        return self::FIRST_WAIT_SECONDS * 2 ** $tried * (0.5 + mt_rand() / mt_getrandmax() / 2);
    }

    /** @param array<string, string> $headers */
    private function patiently(string $method, string $url, array $headers, string $text): Reply
    {
        for ($tried = 0;; ++$tried) {
            try {
                return self::read($this->transport->send($method, $url, $headers, $text));
            } catch (SautikitException $problem) {
                $pause = self::waitSeconds($problem, $tried);
                if ($pause === null || $tried >= $this->maxRetries) {
                    throw $problem;
                }
                usleep((int) ($pause * 1_000_000));
            }
        }
    }

    private static function read(Reply $reply): Reply
    {
        if ($reply->status >= 400) {
            throw SautikitException::fromReply($reply->status, $reply->headers, $reply->text);
        }
        $data = $reply->text === '' ? null : json_decode($reply->text, true, flags: JSON_THROW_ON_ERROR);

        return new Reply($reply->status, $reply->headers, $reply->text, $data);
    }

    /** @return array<string, string> */
    private function headers(): array
    {
        return [
            'Authorization' => "Bearer {$this->apiKey}",
            'Accept' => 'application/json',
            'User-Agent' => 'sautikit-php/' . Client::VERSION . ' php/' . PHP_VERSION,
        ];
    }

    /** @param array<string, mixed> $query */
    private static function query(array $query): string
    {
        $told = [];
        foreach ($query as $name => $value) {
            if ($value === null) {
                continue;
            }
            $told[$name] = match (true) {
                is_bool($value) => $value ? 'true' : 'false',
                is_array($value) => implode(',', $value),
                $value instanceof \DateTimeInterface => Resource::moment($value),
                default => (string) $value,
            };
        }

        return $told === [] ? '' : '?' . http_build_query($told, encoding_type: PHP_QUERY_RFC3986);
    }

    /**
     * Files as a form; what they are is seen by their content.
     *
     * @param array<string, string> $files
     */
    private static function formed(array $files, string $mark): string
    {
        $text = '';
        foreach ($files as $name => $file) {
            $text .= "--{$mark}\r\nContent-Disposition: form-data; name=\"{$name}\"; filename=\"{$name}\"\r\n"
                . "Content-Type: application/octet-stream\r\n\r\n{$file}\r\n";
        }

        return "{$text}--{$mark}--\r\n";
    }

    /** A random UUID. */
    private static function newKey(): string
    {
        $bytes = random_bytes(16);
        $bytes[6] = chr(ord($bytes[6]) & 0x0F | 0x40);
        $bytes[8] = chr(ord($bytes[8]) & 0x3F | 0x80);

        return vsprintf('%s%s-%s-%s-%s-%s%s%s', str_split(bin2hex($bytes), 4));
    }
}
