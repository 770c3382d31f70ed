<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** Rehearsal, as the API answers it. */
final class Rehearsal extends Model
{
    /**
     * @param 'completed'|'needs_document'|'not_answered'|'too_long'|'waiting' $outcome completed; not_answered: refused or never answered; needs_document: `needs` says for which address; waiting: `waiting_for` says for what; too_long: it has no end.
     * @param string|null $endedBy document or caller.
     * @param int $connectedSeconds Seconds that are paid for.
     * @param list<RehearsalStep> $steps
     * @param int $unusedInputs Inputs at the end of the list that nothing waited for.
     * @param list<RehearsedDocument> $documents
     * @param RehearsalCost|null $cost Null unless `to` was given.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $outcome,
        public readonly ?string $endedBy,
        public readonly ?string $failureCode,
        public readonly int $lastsSeconds,
        public readonly int $connectedSeconds,
        public readonly array $steps,
        public readonly ?RehearsalQuestion $needs,
        public readonly ?RehearsalWait $waitingFor,
        public readonly int $unusedInputs,
        public readonly array $documents,
        public readonly ?RehearsalCost $cost,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            outcome: $data['outcome'],
            endedBy: $data['ended_by'] ?? null,
            failureCode: $data['failure_code'] ?? null,
            lastsSeconds: $data['lasts_seconds'],
            connectedSeconds: $data['connected_seconds'],
            steps: array_map(RehearsalStep::fromArray(...), $data['steps']),
            needs: isset($data['needs']) ? RehearsalQuestion::fromArray($data['needs']) : null,
            waitingFor: isset($data['waiting_for']) ? RehearsalWait::fromArray($data['waiting_for']) : null,
            unusedInputs: $data['unused_inputs'],
            documents: array_map(RehearsedDocument::fromArray(...), $data['documents']),
            cost: isset($data['cost']) ? RehearsalCost::fromArray($data['cost']) : null,
            raw: $data,
        );
    }
}
