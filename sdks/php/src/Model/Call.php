<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** Call, as the API answers it. */
final class Call extends Model
{
    /**
     * @param string|null $sessionId Accepted wherever a call id is.
     * @param 'live'|'test' $mode
     * @param 'inbound'|'outbound' $direction
     * @param 'conversation'|'supervision' $purpose `supervision` is a supervisor's own call.
     * @param string $localE164 Your number.
     * @param string $remoteE164 The far end; `anonymous` when a caller hides it.
     * @param int|null $durationSeconds Whole seconds of talk, rounded up.
     * @param 'answered'|'busy'|'canceled'|'completed'|'failed'|'no_answer'|'ringing' $status
     * @param int|null $costMinor What the call cost, VAT included, once it is over.
     * @param int|null $ratePerMinuteMinor Minor units: 100 is KES 1.00.
     * @param string|null $parentCallId The call that a `dial` action made this one for.
     * @param array<string, mixed>|null $metadata
     * @param list<CallEvent> $events The time line, oldest first.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $id,
        public readonly string $workspaceId,
        public readonly ?string $sessionId,
        public readonly string $mode,
        public readonly string $direction,
        public readonly string $purpose,
        public readonly string $localE164,
        public readonly string $remoteE164,
        public readonly ?string $country,
        public readonly \DateTimeImmutable $startedAt,
        public readonly ?\DateTimeImmutable $answeredAt,
        public readonly ?\DateTimeImmutable $endedAt,
        public readonly ?int $durationSeconds,
        public readonly string $status,
        public readonly ?int $costMinor,
        public readonly ?string $costCurrency,
        public readonly ?int $ratePerMinuteMinor,
        public readonly ?CallBilling $billing,
        public readonly ?string $parentCallId,
        public readonly ?string $failureCode,
        public readonly ?string $hangupCause,
        public readonly ?string $clientRequestId,
        public readonly ?array $metadata,
        public readonly \DateTimeImmutable $createdAt,
        public readonly \DateTimeImmutable $updatedAt,
        public readonly array $events,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            id: $data['id'],
            workspaceId: $data['workspace_id'],
            sessionId: $data['session_id'] ?? null,
            mode: $data['mode'],
            direction: $data['direction'],
            purpose: $data['purpose'],
            localE164: $data['local_e164'],
            remoteE164: $data['remote_e164'],
            country: $data['country'] ?? null,
            startedAt: new \DateTimeImmutable($data['started_at']),
            answeredAt: isset($data['answered_at']) ? new \DateTimeImmutable($data['answered_at']) : null,
            endedAt: isset($data['ended_at']) ? new \DateTimeImmutable($data['ended_at']) : null,
            durationSeconds: $data['duration_seconds'] ?? null,
            status: $data['status'],
            costMinor: $data['cost_minor'] ?? null,
            costCurrency: $data['cost_currency'] ?? null,
            ratePerMinuteMinor: $data['rate_per_minute_minor'] ?? null,
            billing: isset($data['billing']) ? CallBilling::fromArray($data['billing']) : null,
            parentCallId: $data['parent_call_id'] ?? null,
            failureCode: $data['failure_code'] ?? null,
            hangupCause: $data['hangup_cause'] ?? null,
            clientRequestId: $data['client_request_id'] ?? null,
            metadata: $data['metadata'] ?? null,
            createdAt: new \DateTimeImmutable($data['created_at']),
            updatedAt: new \DateTimeImmutable($data['updated_at']),
            events: array_map(CallEvent::fromArray(...), $data['events']),
            raw: $data,
        );
    }
}
