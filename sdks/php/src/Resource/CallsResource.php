<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Resource;

use Sautikit\Internal\Resource;
use Sautikit\Model\Call;
use Sautikit\Model\CallEventPage;
use Sautikit\Model\CallPage;
use Sautikit\Model\CallStatistics;
use Sautikit\Model\HungUpCall;
use Sautikit\Model\PlacedCall;
use Sautikit\Model\RecordingPage;
use Sautikit\Model\RecordingPending;
use Sautikit\Pages;
use Sautikit\ReadyFile;

/** The routes of calls. */
final class CallsResource extends Resource
{
    /**
     * Place a call. Scope: calls.write.
     *
     * @param string|list<string> $to One E.164 number or a list of up to 10; all are dialled, the first to answer wins.
     */
    public function create(
        string $from,
        string|array $to,
        ?string $webhookUrl = null,
        ?string $statusUrl = null,
        ?string $voiceCallbackUrl = null,
        ?string $callerId = null,
        ?string $clientRequestId = null,
        ?string $idempotencyKey = null,
    ): PlacedCall {
        $body = self::given([
            'from' => $from,
            'to' => $to,
            'webhook_url' => $webhookUrl,
            'status_url' => $statusUrl,
            'voice_callback_url' => $voiceCallbackUrl,
            'caller_id' => $callerId,
            'client_request_id' => $clientRequestId,
        ]);

        return PlacedCall::fromArray($this->ask('POST', '/v1/calls', body: $body, key: $idempotencyKey ?? true));
    }

    /** List everything that happened in the call, oldest first. Scope: calls.read. */
    public function events(string $callId): CallEventPage
    {
        return CallEventPage::fromArray($this->ask('GET', '/v1/calls/' . self::quoted('call_id', $callId) . '/events'));
    }

    /** Read a call with its time line. Scope: calls.read. */
    public function get(string $callId): Call
    {
        return Call::fromArray($this->ask('GET', '/v1/calls/' . self::quoted('call_id', $callId))['call']);
    }

    /** Hang up. Scope: calls.write. */
    public function hangup(string $callId, ?string $idempotencyKey = null): HungUpCall
    {
        return HungUpCall::fromArray($this->ask('POST', '/v1/calls/' . self::quoted('call_id', $callId) . '/hangup', key: $idempotencyKey ?? true));
    }

    /**
     * List calls, newest first. Scope: calls.read.
     *
     * @param string $status One or more of answered, busy, canceled, completed, failed, no_answer, ringing, separated by commas.
     * @param 'inbound'|'outbound' $direction
     * @param string $q Part of the far end's number or of the session id.
     * @param string $sessionId One `HD_…` id, whole.
     * @param \DateTimeImmutable $from Calls from this RFC 3339 time or unix second on.
     * @param \DateTimeImmutable $to Calls before this RFC 3339 time or unix second.
     * @param int $limit Rows a page.
     * @param string $cursor `next_cursor` of the page before.
     * @return Pages<Call, CallPage>
     */
    public function list(
        ?string $status = null,
        ?string $direction = null,
        ?string $q = null,
        ?string $sessionId = null,
        \DateTimeInterface|string|null $from = null,
        \DateTimeInterface|string|null $to = null,
        ?int $limit = null,
        ?string $cursor = null,
    ): Pages {
        $query = self::given([
            'status' => $status,
            'direction' => $direction,
            'q' => $q,
            'session_id' => $sessionId,
            'from' => $from,
            'to' => $to,
            'limit' => $limit,
            'cursor' => $cursor,
        ]);

        return $this->pages('/v1/calls', $query, CallPage::fromArray(...), 'data', 'cursor');
    }

    /** Fetch the newest recording. Scope: recordings.read. */
    public function recording(string $callId): ReadyFile|RecordingPending
    {
        $reply = $this->file('GET', '/v1/calls/' . self::quoted('call_id', $callId) . '/recording');

        return $reply instanceof ReadyFile ? $reply : RecordingPending::fromArray($reply);
    }

    /** List the recordings of a call, oldest first. Scope: recordings.read. */
    public function recordings(string $callId): RecordingPage
    {
        return RecordingPage::fromArray($this->ask('GET', '/v1/calls/' . self::quoted('call_id', $callId) . '/recordings'));
    }

    /**
     * Count and price the ended calls of a window. Scope: calls.read.
     *
     * @param string $since today, 7d, month, an RFC 3339 time or unix seconds.
     * @param 'day'|'hour' $bucket
     */
    public function stats(?string $since = null, ?string $bucket = null): CallStatistics
    {
        $query = self::given([
            'since' => $since,
            'bucket' => $bucket,
        ]);

        return CallStatistics::fromArray($this->ask('GET', '/v1/calls/stats', query: $query));
    }
}
