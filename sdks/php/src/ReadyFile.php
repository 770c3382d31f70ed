<?php

declare(strict_types=1);

namespace Sautikit;

/** A file that can be fetched now; do not send your key to its address. */
final class ReadyFile implements \JsonSerializable
{
    public readonly string $status;

    public function __construct(public readonly string $url)
    {
        $this->status = 'ready';
    }

    /** @return array{status: string, url: string} */
    public function jsonSerialize(): array
    {
        return ['status' => $this->status, 'url' => $this->url];
    }
}
