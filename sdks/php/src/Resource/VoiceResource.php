<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Resource;

use Sautikit\Internal\Resource;
use Sautikit\Model\Rehearsal;
use Sautikit\Model\SoundHosts;
use Sautikit\Model\VoiceVerdict;
use Sautikit\Voice\Document;

/** The routes of voice. */
final class VoiceResource extends Resource
{
    /**
     * Rehearse a voice document with a scripted caller. Scope: calls.write.
     *
     * @param array<string, mixed>|string $document A voice document: an object with `actions`, or JSON or XML as text.
     * @param array<string, mixed> $documents What your server answers at other addresses, relative ones to `url`; null is a server that does not answer.
     * @param list<RehearsedInput> $inputs
     * @param 'inbound'|'outbound' $direction
     */
    public function rehearse(
        array|string $document,
        ?array $documents = null,
        ?array $inputs = null,
        ?string $direction = null,
        ?string $url = null,
        ?string $fallbackUrl = null,
        ?bool $pauses = null,
        ?string $to = null,
        ?string $from = null,
    ): Rehearsal {
        $body = self::given([
            'document' => $document,
            'documents' => $documents,
            'inputs' => $inputs,
            'direction' => $direction,
            'url' => $url,
            'fallback_url' => $fallbackUrl,
            'pauses' => $pauses,
            'to' => $to,
            'from' => $from,
        ]);

        return Rehearsal::fromArray($this->ask('POST', '/v1/voice/rehearse', body: $body));
    }

    /**
     * Set the servers that sounds may come from. Scope: numbers.route.
     *
     * @param list<string> $hosts
     */
    public function setSoundHosts(array $hosts): SoundHosts
    {
        $body = self::given([
            'hosts' => $hosts,
        ]);

        return SoundHosts::fromArray($this->ask('PUT', '/v1/voice/sound-hosts', body: $body));
    }

    /** Read which servers sounds may come from. Scope: numbers.read. */
    public function soundHosts(): SoundHosts
    {
        return SoundHosts::fromArray($this->ask('GET', '/v1/voice/sound-hosts'));
    }

    /** Judge a voice document without calling anybody. Scope: calls.write. */
    public function validate(Document|array $document): VoiceVerdict
    {
        return VoiceVerdict::fromArray($this->ask('POST', '/v1/voice/validate', body: $document));
    }
}
