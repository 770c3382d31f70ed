<?php

declare(strict_types=1);

namespace Sautikit\Internal;

/** An object of the API; what this version has no name for is in `toArray()`. */
abstract class Model implements \JsonSerializable
{
    /** @param array<string, mixed> $raw */
    public function __construct(private readonly array $raw)
    {
    }

    /** @return array<string, mixed> as the API sent it */
    public function toArray(): array
    {
        return $this->raw;
    }

    /** @return array<string, mixed>|\stdClass */
    public function jsonSerialize(): array|\stdClass
    {
        return $this->raw === [] ? new \stdClass() : $this->raw;
    }
}
