<?php

declare(strict_types=1);

namespace Sautikit\Voice;

/** A document that grows verb by verb: `VoiceBuilder::begin()->say('Habari.')->hangup()->document()`. */
final class VoiceBuilder implements \JsonSerializable, \Stringable
{
    use Verbs;

    /** @var list<Action> */
    private array $actions = [];

    public static function begin(): self
    {
        return new self();
    }

    public function document(): Document
    {
        return new Document(...$this->actions);
    }

    public function jsonSerialize(): Document
    {
        return $this->document();
    }

    public function __toString(): string
    {
        return (string) $this->document();
    }

    protected function add(Action $action): static
    {
        $this->actions[] = $action;

        return $this;
    }
}
