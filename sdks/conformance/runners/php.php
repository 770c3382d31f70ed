<?php

// Runs the steps of the suite with the PHP SDK: one JSON a line in, one JSON a line out.

declare(strict_types=1);

use Sautikit\Client;
use Sautikit\Exception\SautikitException;
use Sautikit\Exception\SignatureException;
use Sautikit\Pages;
use Sautikit\Voice\Document;
use Sautikit\Voice\Sauti;
use Sautikit\Voice\VoiceBuilder;
use Sautikit\Webhook;

require __DIR__ . '/vendor/autoload.php';

set_error_handler(static function (int $level, string $told, string $file, int $line): bool {
    if ((error_reporting() & $level) === 0) {
        return false;
    }
    throw new ErrorException($told, 0, $level, $file, $line);
});

function camel(string $name): string
{
    return preg_replace_callback('/_(\w)/', static fn (array $found): string => strtoupper($found[1]), $name);
}

function client(array $told): Client
{
    $given = ['apiKey' => $told['api_key'], 'baseUrl' => $told['base_url']];
    if (isset($told['max_retries'])) {
        $given['maxRetries'] = $told['max_retries'];
    }
    if (isset($told['timeout_ms'])) {
        $given['timeoutSeconds'] = $told['timeout_ms'] / 1000;
    }
    if (getenv('WITH_PSR18')) {
        require_once __DIR__ . '/psr18.php';
        $factory = new Nyholm\Psr7\Factory\Psr17Factory();
        $given += ['http' => new StreamClient($factory), 'requests' => $factory, 'streams' => $factory];
    }

    return new Client(...$given);
}

function call(array $step, object $raw): mixed
{
    $client = client($step['client']);
    if ($step['do'] === 'request') {
        return $client->request($step['method'], $step['path'], $step['query'] ?? [], $step['body'] ?? null);
    }
    if ($step['do'] === 'stream') {
        return iterator_to_array($client->stream($step['url'], $step['last'] ?? ''), false);
    }
    [$resource, $verb] = array_map(camel(...), explode('.', $step['do']));
    $named = [];
    foreach ($step['params'] ?? [] as $name => $value) {
        $named[camel($name)] = $value;
    }
    if (in_array($step['do'], ['voice.validate', 'calls.actions'], true)) {
        $named = ['document' => (array) $raw->params];
    }
    if ($step['do'] === 'uploads.audio') {
        $named['file'] = base64_decode($named['file'], true);
    }
    if (isset($step['key'])) {
        $named['idempotencyKey'] = $step['key'];
    }
    $answer = $client->{$resource}->{$verb}(...[...$step['args'] ?? [], ...$named]);
    if ($answer instanceof Pages) {
        return isset($step['rows']) ? iterator_to_array($answer, false) : $answer->page();
    }

    return $answer;
}

function build(array $step): mixed
{
    $builder = VoiceBuilder::begin();
    $actions = [];
    foreach ($step['actions'] as [$verb, $given]) {
        if (isset($given['nested'])) {
            $inner = static fn (array $it): object => Sauti::{$it[0]}(...$it[1]);
            $given['nested'] = array_map($inner, $given['nested']);
        }
        if ($step['style'] === 'fluent') {
            $builder->{$verb}(...$given);
        } else {
            $actions[] = Sauti::{$verb}(...$given);
        }
    }

    return $step['style'] === 'fluent' ? $builder->document() : new Document(...$actions);
}

function run(array $step, object $raw): mixed
{
    if ($step['do'] === 'build') {
        return build($step);
    }
    if ($step['do'] !== 'verify' && $step['do'] !== 'event') {
        return call($step, $raw);
    }
    $given = ['body' => $step['body'], 'signature' => $step['signature'], 'secret' => $step['secrets'], 'now' => $step['now']];
    if (isset($step['tolerance'])) {
        $given['toleranceSeconds'] = $step['tolerance'];
    }

    return $step['do'] === 'verify' ? Webhook::verify(...$given) : Webhook::constructEvent(...$given);
}

function answer(array $step, object $raw): array
{
    try {
        return ['ok' => run($step, $raw)];
    } catch (SautikitException $it) {
        return ['error' => [
            'status' => $it->status,
            'code' => $it->errorCode,
            'message' => $it->getMessage(),
            'request_id' => $it->requestId,
            'doc_url' => $it->docUrl,
            'fields' => $it->fields,
            'retry_after_seconds' => $it->retryAfterSeconds,
        ]];
    } catch (SignatureException) {
        return ['unsigned' => true];
    } catch (InvalidArgumentException | LengthException | TypeError | ArgumentCountError $it) {
        return ['invalid' => $it->getMessage()];
    } catch (Error $it) {
        // A named argument that does not exist is an error of its own.
        return ['invalid' => $it->getMessage()];
    }
}

while (($line = fgets(STDIN)) !== false) {
    $said = json_encode(answer(json_decode($line, true), json_decode($line)), JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_PRESERVE_ZERO_FRACTION);
    fwrite(STDOUT, "{$said}\n");
}
