<?php

declare(strict_types=1);

namespace Sautikit\Voice;

/** One verb with its attributes. */
final class Action implements \JsonSerializable
{
    /** @var array<string, mixed> */
    public readonly array $attributes;

    /** @param array<string, mixed> $attributes null stands for what is left out */
    public function __construct(public readonly string $verb, array $attributes)
    {
        $this->attributes = array_filter($attributes, static fn (mixed $it): bool => $it !== null);
    }

    /**
     * @param array<string, mixed> $choices
     *
     * @throws \InvalidArgumentException unless one of the choices is given, and no other
     */
    public static function exactlyOne(string $verb, array $choices): void
    {
        if (count(array_filter($choices, static fn (mixed $it): bool => $it !== null)) !== 1) {
            $names = implode(', ', array_keys($choices));
            throw new \InvalidArgumentException("{$verb} takes exactly one of {$names}.");
        }
    }

    /** @return array<string, mixed> */
    public function jsonSerialize(): array
    {
        return [$this->verb => $this->attributes === [] ? new \stdClass() : $this->attributes];
    }
}
