<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Resource;

use Sautikit\Internal\Resource;
use Sautikit\Model\Conference;
use Sautikit\Model\ConferenceCommanded;
use Sautikit\Model\ConferencePage;
use Sautikit\Pages;

/** The routes of conferences. */
final class ConferencesResource extends Resource
{
    /**
     * Mute, unmute, kick, hold or unhold a participant (or `all`), play a file or say a text to everybody or to one, or end the room. Scope: conferences.manage.
     *
     * @param 'mute'|'unmute'|'kick'|'hold'|'unhold'|'play'|'say'|'end' $command
     * @param 'en-KE'|'sw-KE' $language
     * @param 'woman'|'man'|'alice' $voice
     */
    public function command(
        string $room,
        string $command,
        ?string $participant = null,
        ?string $url = null,
        ?string $text = null,
        ?string $language = null,
        ?string $voice = null,
        ?string $callbackUrl = null,
        ?string $idempotencyKey = null,
    ): ConferenceCommanded {
        $body = self::given([
            'command' => $command,
            'participant' => $participant,
            'url' => $url,
            'text' => $text,
            'language' => $language,
            'voice' => $voice,
            'callback_url' => $callbackUrl,
        ]);

        return ConferenceCommanded::fromArray($this->ask('POST', '/v1/conferences/' . self::quoted('room', $room) . '/commands', body: $body, key: $idempotencyKey ?? true));
    }

    /** Read a room and who is in it. Scope: calls.read. */
    public function get(string $room): Conference
    {
        return Conference::fromArray($this->ask('GET', '/v1/conferences/' . self::quoted('room', $room)));
    }

    /**
     * List rooms, newest first. Scope: calls.read.
     *
     * @param 'all'|'ended'|'live' $status Rooms that are open now, have ended, or both.
     * @param int $limit Rows a page.
     * @param string $cursor `next_cursor` of the page before.
     * @return Pages<Conference, ConferencePage>
     */
    public function list(?string $status = null, ?int $limit = null, ?string $cursor = null): Pages
    {
        $query = self::given([
            'status' => $status,
            'limit' => $limit,
            'cursor' => $cursor,
        ]);

        return $this->pages('/v1/conferences', $query, ConferencePage::fromArray(...), 'data', 'cursor');
    }
}
