<?php

declare(strict_types=1);

namespace Sautikit\Http;

use Sautikit\Exception\ConnectionException;
use Sautikit\Exception\SautikitException;
use Sautikit\Internal\Sender;

/** Reading Server-Sent Events. */
final class EventStream
{
    // The server says that it is still there every 15 seconds.
    private const SILENT_SECONDS = 40.0;

    /**
     * Give every message; a stream that ends or breaks is opened again until there is no more.
     *
     * @return \Generator<int, Message>
     */
    public static function follow(string $url, string $last, int $maxRetries): \Generator
    {
        $tried = 0;
        while (true) {
            try {
                $open = self::open($url, $last);
                // An end that was read already is told by a status.
                if ($open->status === 204) {
                    return;
                }
                foreach (self::messages($open) as $message) {
                    $tried = 0;
                    $last = $message->number !== '' ? $message->number : $last;
                    yield $message;
                }
            } catch (SautikitException $problem) {
                $pause = $problem instanceof ConnectionException
                    ? Sender::FIRST_WAIT_SECONDS * 2 ** $tried
                    : Sender::waitSeconds($problem, $tried);
                if ($pause === null || $tried >= $maxRetries) {
                    throw $problem;
                }
                ++$tried;
                usleep((int) ($pause * 1_000_000));
            }
        }
    }

    private static function open(string $url, string $last): Connection
    {
        $headers = ['Accept' => 'text/event-stream'];
        if ($last !== '') {
            $headers['Last-Event-ID'] = $last;
        }
        $open = new Connection('GET', $url, $headers, '', self::SILENT_SECONDS);
        if ($open->status !== 200 && $open->status !== 204) {
            $text = implode('', iterator_to_array($open->body(), false));
            throw SautikitException::fromReply($open->status, $open->headers, $text);
        }

        return $open;
    }

    /** @return \Generator<int, Message> */
    private static function messages(Connection $open): \Generator
    {
        $text = $name = $number = $data = '';
        foreach ($open->body() as $piece) {
            $open->touch();
            $lines = explode("\n", $text . $piece);
            $text = array_pop($lines);
            foreach ($lines as $line) {
                $line = rtrim($line, "\r");
                [$key, $value] = explode(':', $line, 2) + [1 => ''];
                $value = str_starts_with($value, ' ') ? substr($value, 1) : $value;
                if ($key === 'event') {
                    $name = $value;
                } elseif ($key === 'id') {
                    $number = $value;
                } elseif ($key === 'data') {
                    $data .= $value;
                } elseif ($line === '' && $data !== '') {
                    yield new Message($name, $number, json_decode($data, true, flags: JSON_THROW_ON_ERROR));
                    $name = $number = $data = '';
                }
            }
        }
    }
}
