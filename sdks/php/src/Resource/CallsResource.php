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
use Sautikit\Model\ReplacedActions;
use Sautikit\Model\Supervision;
use Sautikit\Model\SupervisionReply;
use Sautikit\Pages;
use Sautikit\ReadyFile;
use Sautikit\Voice\Document;

/** The routes of calls. */
final class CallsResource extends Resource
{
    /** Replace what the call does now. Scope: calls.write. */
    public function actions(
        string $callId,
        Document|array $document,
        ?string $idempotencyKey = null,
    ): ReplacedActions {
        return ReplacedActions::fromArray($this->ask('POST', '/v1/calls/' . self::quoted('call_id', $callId) . '/actions', body: $document, key: $idempotencyKey ?? true));
    }

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

    /** Read who supervises the call now. Scope: calls.read. */
    public function getSupervision(string $callId): SupervisionReply
    {
        return SupervisionReply::fromArray($this->ask('GET', '/v1/calls/' . self::quoted('call_id', $callId) . '/supervision'));
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
     * @param 'inbound'|'outbound' $direction Only calls of this direction.
     * @param string $q How the far end's number begins or ends, or how the session id begins.
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

    /**
     * Fetch the newest recording. Scope: recordings.read.
     *
     * @param 'mp3'|'opus'|'wav' $format The format of the sound; left out, what Accept asks for, else WAV.
     */
    public function recording(string $callId, ?string $format = null): ReadyFile|RecordingPending
    {
        $query = self::given([
            'format' => $format,
        ]);

        $reply = $this->file('GET', '/v1/calls/' . self::quoted('call_id', $callId) . '/recording', query: $query);

        return $reply instanceof ReadyFile ? $reply : RecordingPending::fromArray($reply);
    }

    /** List the recordings of a call, oldest first. Scope: recordings.read. */
    public function recordings(string $callId): RecordingPage
    {
        return RecordingPage::fromArray($this->ask('GET', '/v1/calls/' . self::quoted('call_id', $callId) . '/recordings'));
    }

    /**
     * Switch the mode of a supervisor who is on the call. Scope: calls.supervise.
     *
     * @param 'listen'|'whisper'|'barge' $mode
     */
    public function setSupervisionMode(string $callId, string $mode): Supervision
    {
        $body = self::given([
            'mode' => $mode,
        ]);

        return Supervision::fromArray($this->ask('PATCH', '/v1/calls/' . self::quoted('call_id', $callId) . '/supervision', body: $body));
    }

    /**
     * Count and price the ended calls of a window. Scope: calls.read.
     *
     * @param string $since today, 7d, month, an RFC 3339 time or unix seconds.
     * @param 'day'|'hour' $bucket Counts for each hour or day as well.
     */
    public function stats(?string $since = null, ?string $bucket = null): CallStatistics
    {
        $query = self::given([
            'since' => $since,
            'bucket' => $bucket,
        ]);

        return CallStatistics::fromArray($this->ask('GET', '/v1/calls/stats', query: $query));
    }

    /** End the supervision. Scope: calls.supervise. */
    public function stopSupervision(string $callId): void
    {
        $this->ask('DELETE', '/v1/calls/' . self::quoted('call_id', $callId) . '/supervision');
    }

    /**
     * Call a supervisor for a call that talks. Scope: calls.supervise.
     *
     * @param 'listen'|'whisper'|'barge' $mode
     * @param array{type: 'phone'|'client'|'sip', identity?: string, number?: string} $supervisor
     * @param 'none'|'agent'|'both' $announce
     */
    public function supervise(
        string $callId,
        string $mode,
        array $supervisor,
        ?string $announce = null,
        ?bool $notifyAgent = null,
        ?string $label = null,
        ?string $idempotencyKey = null,
    ): Supervision {
        $body = self::given([
            'mode' => $mode,
            'supervisor' => $supervisor,
            'announce' => $announce,
            'notify_agent' => $notifyAgent,
            'label' => $label,
        ]);

        return Supervision::fromArray($this->ask('POST', '/v1/calls/' . self::quoted('call_id', $callId) . '/supervision', body: $body, key: $idempotencyKey ?? true));
    }
}
