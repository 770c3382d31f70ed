<?php

declare(strict_types=1);

namespace Sautikit;

/** Stands for what was not given, where null has a meaning of its own. */
enum Omit
{
    case It;
}
