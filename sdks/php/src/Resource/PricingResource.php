<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Resource;

use Sautikit\Internal\Resource;
use Sautikit\Model\Pricing;

/** The routes of pricing. */
final class PricingResource extends Resource
{
    /** What numbers and minutes cost, in shillings and in minor units. */
    public function get(): Pricing
    {
        return Pricing::fromArray($this->ask('GET', '/v1/public/pricing'));
    }
}
