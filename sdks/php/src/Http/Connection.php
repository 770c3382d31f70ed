<?php

declare(strict_types=1);

namespace Sautikit\Http;

use Sautikit\Exception\ConnectionException;

/** One request over a socket of PHP, read as it comes. */
final class Connection
{
    private const TIMED_OUT = 110;

    public int $status = 0;

    /** @var array<string, string> by small letters */
    public array $headers = [];

    /** @var resource */
    private $socket;

    private float $deadline;

    private string $host;

    private int $port;

    /** @param array<string, string> $headers */
    public function __construct(
        string $method,
        string $url,
        array $headers,
        string $body,
        private readonly float $seconds,
    ) {
        $parts = parse_url($url);
        if (!is_array($parts) || !isset($parts['scheme'], $parts['host'])) {
            throw new \InvalidArgumentException("{$url} is no address.");
        }
        $isTls = $parts['scheme'] === 'https';
        $this->host = $parts['host'];
        $this->port = $parts['port'] ?? ($isTls ? 443 : 80);
        $this->touch();
        $this->connect($isTls);
        $target = ($parts['path'] ?? '/') . (isset($parts['query']) ? "?{$parts['query']}" : '');
        $name = $this->host . (isset($parts['port']) ? ":{$this->port}" : '');
        $lines = ["{$method} {$target} HTTP/1.1", "Host: {$name}", 'Connection: close'];
        foreach ($headers as $header => $value) {
            $lines[] = "{$header}: {$value}";
        }
        if ($body !== '' || !in_array($method, ['GET', 'DELETE'], true)) {
            $lines[] = 'Content-Length: ' . strlen($body);
        }
        $this->write(implode("\r\n", $lines) . "\r\n\r\n" . $body);
        $this->readHead();
    }

    public function __destruct()
    {
        if (isset($this->socket) && is_resource($this->socket)) {
            fclose($this->socket);
        }
    }

    /** Begin the time of patience anew. */
    public function touch(): void
    {
        $this->deadline = microtime(true) + $this->seconds;
    }

    /**
     * Give the body piece by piece.
     *
     * @return \Generator<int, string>
     */
    public function body(): \Generator
    {
        if ($this->status === 204 || $this->status === 304) {
            return;
        }
        if (strtolower($this->headers['transfer-encoding'] ?? '') === 'chunked') {
            while (($size = (int) hexdec(trim(explode(';', $this->line())[0]))) > 0) {
                yield $this->read($size);
                $this->line();
            }

            return;
        }
        if (isset($this->headers['content-length'])) {
            yield $this->read((int) $this->headers['content-length']);

            return;
        }
        while (($piece = $this->some(65536)) !== '') {
            yield $piece;
        }
    }

    private function connect(bool $isTls): void
    {
        $where = ($isTls ? 'tls' : 'tcp') . "://{$this->host}:{$this->port}";
        $socket = @stream_socket_client($where, $number, $told, $this->seconds);
        if ($socket === false) {
            $isLate = $number === self::TIMED_OUT;
            throw new ConnectionException(
                "{$this->host}:{$this->port} cannot be reached: {$told}",
                $isLate ? 'timeout' : 'connection_failed',
                !$isLate,
            );
        }
        $this->socket = $socket;
    }

    private function write(string $text): void
    {
        for ($sent = 0; $sent < strlen($text); $sent += $count) {
            $count = @fwrite($this->socket, substr($text, $sent));
            if ($count === false || $count === 0) {
                throw $this->broken();
            }
        }
    }

    private function readHead(): void
    {
        do {
            $first = rtrim($this->line(), "\r\n");
            if (preg_match('~^HTTP/1\.[01] (\d{3})~', $first, $found) !== 1) {
                throw $this->broken();
            }
            $this->status = (int) $found[1];
            $this->headers = [];
            while (($line = rtrim($this->line(), "\r\n")) !== '') {
                [$name, $value] = explode(':', $line, 2) + [1 => ''];
                $this->headers[strtolower($name)] = trim($value);
            }
        } while ($this->status < 200);
    }

    private function line(): string
    {
        $line = '';
        do {
            $this->wait();
            $piece = fgets($this->socket);
            if ($piece === false) {
                throw $this->broken();
            }
            $line .= $piece;
        } while (!str_ends_with($line, "\n"));

        return $line;
    }

    private function read(int $size): string
    {
        $text = '';
        while (strlen($text) < $size) {
            $piece = $this->some($size - strlen($text));
            if ($piece === '') {
                throw $this->broken();
            }
            $text .= $piece;
        }

        return $text;
    }

    private function some(int $most): string
    {
        $this->wait();
        $piece = fread($this->socket, $most);
        if ($piece === '' && !feof($this->socket)) {
            throw $this->broken();
        }

        return (string) $piece;
    }

    private function wait(): void
    {
        $left = $this->deadline - microtime(true);
        if ($left <= 0) {
            throw $this->late();
        }
        stream_set_timeout($this->socket, (int) $left, (int) (fmod($left, 1) * 1_000_000));
    }

    private function broken(): ConnectionException
    {
        if (stream_get_meta_data($this->socket)['timed_out']) {
            return $this->late();
        }

        return new ConnectionException("{$this->host}:{$this->port} ended the connection.", 'connection_failed');
    }

    private function late(): ConnectionException
    {
        return new ConnectionException("No answer within {$this->seconds} seconds.", 'timeout');
    }
}
