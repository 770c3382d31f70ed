<?php

declare(strict_types=1);

namespace Sautikit\Exception;

/** A webhook that we did not send, or not lately. */
final class SignatureException extends \RuntimeException
{
}
