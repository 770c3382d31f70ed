<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Resource;

use Sautikit\Internal\Resource;
use Sautikit\Model\StorageTier;

/** The routes of storage. */
final class StorageResource extends Resource
{
    /**
     * Move to a tier. Scope: storage.manage.
     *
     * @param 5|10|25|50|100|250 $tierGb
     */
    public function setTier(int $tierGb): StorageTier
    {
        $body = self::given([
            'tier_gb' => $tierGb,
        ]);

        return StorageTier::fromArray($this->ask('PUT', '/v1/storage/tier', body: $body));
    }

    /** Read the tier, what the recordings weigh, and what every tier costs. Scope: recordings.read. */
    public function tier(): StorageTier
    {
        return StorageTier::fromArray($this->ask('GET', '/v1/storage/tier'));
    }
}
