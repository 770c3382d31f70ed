<?php

declare(strict_types=1);

namespace Sautikit\Voice;

/** What a voice URL answers: `echo json_encode(new Document(Sauti::say('Habari.'), Sauti::hangup()))`. */
final class Document implements \JsonSerializable, \Stringable
{
    public const ACTIONS_MAX = 50;

    /** @var list<Action> */
    public readonly array $actions;

    public function __construct(Action|self ...$parts)
    {
        $actions = [];
        foreach ($parts as $part) {
            $actions = [...$actions, ...($part instanceof Action ? [$part] : $part->actions)];
        }
        if (count($actions) > self::ACTIONS_MAX) {
            $most = self::ACTIONS_MAX;
            throw new \LengthException("A document has at most {$most} actions; continue with a redirect.");
        }
        $this->actions = $actions;
    }

    /** @return array{actions: list<Action>} */
    public function jsonSerialize(): array
    {
        return ['actions' => $this->actions];
    }

    public function __toString(): string
    {
        return json_encode($this, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
    }
}
