<?php

declare(strict_types=1);

namespace Sautikit\Exception;

/** No answer came: `errorCode` is `timeout` or `connection_failed`. */
final class ConnectionException extends SautikitException
{
    /** @param bool $unreached the request cannot have arrived, so that it may be repeated */
    public function __construct(
        string $message,
        string $errorCode,
        public readonly bool $unreached = false,
        ?\Throwable $previous = null,
    ) {
        parent::__construct($message, errorCode: $errorCode, previous: $previous);
    }
}
