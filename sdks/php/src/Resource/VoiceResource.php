<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Resource;

use Sautikit\Internal\Resource;
use Sautikit\Model\VoiceVerdict;
use Sautikit\Voice\Document;

/** The routes of voice. */
final class VoiceResource extends Resource
{
    /** Judge a voice document without calling anybody. Scope: calls.write. */
    public function validate(Document|array $document): VoiceVerdict
    {
        return VoiceVerdict::fromArray($this->ask('POST', '/v1/voice/validate', body: $document));
    }
}
