<?php

declare(strict_types=1);

namespace Sautikit\Exception;

/** A request that was refused: `errorCode` is stable, the message is for people, `requestId` for support. */
class SautikitException extends \RuntimeException
{
    /**
     * @param int $status 0 when no answer came
     * @param list<array{path: string, message: string}> $fields
     * @param mixed $body the JSON of the reply, or its text
     */
    public function __construct(
        string $message,
        public readonly int $status = 0,
        public readonly string $errorCode = '',
        public readonly ?string $requestId = null,
        public readonly ?string $docUrl = null,
        public readonly array $fields = [],
        public readonly ?int $retryAfterSeconds = null,
        public readonly mixed $body = null,
        ?\Throwable $previous = null,
    ) {
        parent::__construct($message, $status, $previous);
    }

    /**
     * Read either shape of a refusal: the envelope, or a bare `{code, reason}`.
     *
     * @param array<string, string> $headers by small letters
     */
    public static function fromReply(int $status, array $headers, string $text): self
    {
        $body = json_decode($text, true);
        $told = is_array($body) && is_array($body['error'] ?? null) ? $body['error'] : $body;
        $told = is_array($told) ? $told : [];
        $seconds = $headers['retry-after'] ?? '';

        return new self(
            (string) ($told['message'] ?? $told['reason'] ?? "The API answered {$status}."),
            $status,
            is_string($told['code'] ?? null) ? $told['code'] : "http_{$status}",
            $told['request_id'] ?? $headers['x-request-id'] ?? null,
            $told['doc_url'] ?? null,
            $told['fields'] ?? [],
            ctype_digit($seconds) ? (int) $seconds : null,
            $body ?? $text,
        );
    }
}
