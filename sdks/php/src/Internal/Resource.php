<?php

declare(strict_types=1);

namespace Sautikit\Internal;

use Sautikit\Omit;
use Sautikit\Pages;
use Sautikit\ReadyFile;

/** What every noun of the API can do. */
abstract class Resource
{
    public function __construct(private readonly Sender $sender)
    {
    }

    /**
     * @param array<string, mixed> $query
     * @param array<string, string> $form files by the name of their field
     */
    protected function ask(string $method, string $path, array $query = [], mixed $body = null, string|bool $key = false, array $form = []): mixed
    {
        return $this->sender->send($method, $path, $query, $body, $key, $form)->data;
    }

    /** @param array<string, mixed> $query */
    protected function file(string $method, string $path, array $query = []): mixed
    {
        $reply = $this->sender->send($method, $path, $query);

        return $reply->status === 302 ? new ReadyFile($reply->headers['location'] ?? '') : $reply->data;
    }

    /** @param array<string, mixed> $query */
    protected function pages(string $path, array $query, \Closure $read, string $rows, string $cursor): Pages
    {
        $ask = fn (array $asked): object => $read($this->ask('GET', $path, $asked));

        return new Pages($ask, $query, $rows, $cursor);
    }

    /**
     * Keep what was given; null is a value only where the API has a meaning for it.
     *
     * @param array<string, mixed> $values
     * @param list<string> $nullable
     *
     * @return array<string, mixed>
     */
    protected static function given(array $values, array $nullable = []): array
    {
        $kept = [];
        foreach ($values as $name => $value) {
            if ($value === Omit::It || ($value === null && !in_array($name, $nullable, true))) {
                continue;
            }
            $kept[$name] = $value instanceof \DateTimeInterface ? self::moment($value) : $value;
        }

        return $kept;
    }

    /** A part of a path; an empty one would be another route. */
    protected static function quoted(string $name, string $value): string
    {
        if ($value === '') {
            throw new \InvalidArgumentException("{$name} must not be empty.");
        }

        return rawurlencode($value);
    }

    public static function moment(\DateTimeInterface $when): string
    {
        $utc = \DateTimeImmutable::createFromInterface($when)->setTimezone(new \DateTimeZone('UTC'));

        return $utc->format('Y-m-d\TH:i:s.v\Z');
    }
}
