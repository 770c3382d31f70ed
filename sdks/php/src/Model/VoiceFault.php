<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Model;

use Sautikit\Internal\Model;

/** VoiceFault, as the API answers it. */
final class VoiceFault extends Model
{
    /**
     * @param string $where A JSON path, or the line, column and element of XML.
     * @param string $message What is wrong there.
     * @param string $mend What to write instead.
     * @param array<string, mixed> $raw As it came.
     */
    public function __construct(
        public readonly string $where,
        public readonly string $message,
        public readonly string $mend,
        array $raw = [],
    ) {
        parent::__construct($raw);
    }

    public static function fromArray(array $data): self
    {
        return new self(
            where: $data['where'],
            message: $data['message'],
            mend: $data['mend'],
            raw: $data,
        );
    }
}
