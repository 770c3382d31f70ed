<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Voice;

/** The verbs of a voice document as words that follow each other. */
trait Verbs
{
    /**
     * Speak a text to the caller.
     *
     * @param string $text What is spoken.
     * @param 'woman'|'alice'|'man' $voice Whose voice. alice and woman are the same.
     * @param string $language The language of the text: en-KE or sw-KE.
     * @param int $loop How often it is spoken; 0 is once.
     */
    public function say(
        string $text,
        ?string $voice = null,
        ?string $language = null,
        ?int $loop = null,
    ): static {
        return $this->add(Sauti::say($text, $voice, $language, $loop));
    }

    /**
     * Play a sound file to the caller: WAV, MP3, Ogg (Vorbis or Opus) or FLAC of any rate, at most 10 MiB and an hour. It comes from an upload, from the server of the document or from a host that the workspace allows, and is kept as long as its Cache-Control and ETag allow.
     *
     * @param string $url The address of the sound file.
     * @param int $loop How often it is played; 0 is once.
     */
    public function play(
        string $url,
        ?int $loop = null,
    ): static {
        return $this->add(Sauti::play($url, $loop));
    }

    /**
     * Let the caller hear silence.
     *
     * @param int $length For how many seconds.
     */
    public function pause(
        ?int $length = null,
    ): static {
        return $this->add(Sauti::pause($length));
    }

    /**
     * Collect keys from the caller. The prompts stop at the first key. What was typed is posted as Digits to action; when nothing was typed the next action runs.
     *
     * @param int $numDigits How many keys end the input; 0 is no limit.
     * @param int $timeout Seconds to wait for a key after the prompts; 0 is the default of the exchange.
     * @param string $finishOnKey The key that ends the input and is not part of it; empty is none.
     * @param string $action Where the digits are posted; left out, to the address of this document.
     * @param list<Action> $nested What is heard while waiting for the first key.
     */
    public function getDigits(
        ?int $numDigits = null,
        ?int $timeout = null,
        ?string $finishOnKey = null,
        ?string $action = null,
        ?array $nested = null,
    ): static {
        return $this->add(Sauti::getDigits($numDigits, $timeout, $finishOnKey, $action, $nested));
    }

    /**
     * Call one number, or several, or a browser client or desk phone of yours, and join the first who answers with the caller; a caller who still rings is answered then. Each is a call of its own, held and billed like one you place. How it ended is sent to action as dialCallStatus (completed, busy, no-answer, canceled or failed), dialCallId, dialDestinationNumber and dialDurationInSeconds; the answer is the next document.
     *
     * @param string $number Who is called. This, numbers, sip or client.
     * @param list<string> $numbers Several who are called; the first to answer is joined, the others stop ringing.
     * @param string|list<string> $sip The SIP address of a browser client or a desk phone of yours, or several.
     * @param string|list<string> $client The name of a browser client, as its token says it, or several.
     * @param bool $sequential Whether the numbers ring one after the other instead of together.
     * @param string $callerId The number that is shown, one of yours; left out, that of the call.
     * @param int $timeout For how many seconds they ring; 0 is the default of the exchange, 30.
     * @param bool|'record-from-answer'|'do-not-record' $record Whether both sides are recorded from the answer on, each in its own channel.
     * @param string $action Where the outcome is sent; left out, to the address of this document.
     */
    public function dial(
        ?string $number = null,
        ?array $numbers = null,
        string|array|null $sip = null,
        string|array|null $client = null,
        ?bool $sequential = null,
        ?string $callerId = null,
        ?int $timeout = null,
        bool|string|null $record = null,
        ?string $action = null,
    ): static {
        return $this->add(Sauti::dial($number, $numbers, $sip, $client, $sequential, $callerId, $timeout, $record, $action));
    }

    /**
     * Bring the caller into a room of your workspace, where everybody hears everybody else. The first to enter makes the room and sets its size; it starts with the first who has startOnEnter, and until then, or while it is full, a caller hears waitUrl. Each call in the room is held and billed as any other. When the caller is taken out of the room or it ends, the next action runs. In XML the name is the text, also inside <Dial>; without one the room is called conference.
     *
     * @param string $name The room; whoever of your workspace names it meets there.
     * @param string $flags Words of mod_conference, with | between them: mute, endconf, moderator and nomoh count, others are ignored.
     * @param int $maxParticipants How many fit into the room; 0 is the default of the exchange, 50.
     * @param bool|'record-from-start'|'do-not-record' $record Whether what everybody says is recorded while this caller is in the room.
     * @param bool|'onEnter' $beep Whether a beep says that this caller comes and goes.
     * @param bool $muted Whether this caller only listens.
     * @param bool $startOnEnter Whether the room starts when this caller enters.
     * @param bool $endOnExit Whether the room ends when this caller leaves.
     * @param string $waitUrl A sound file that is heard again and again before the room starts; left out, a melody of ours.
     * @param string $statusEventsCallbackUrl Where the events of the room are posted.
     * @param string $statusEvents Which events are posted; empty is all of start end join leave mute unmute.
     * @param bool $collectDigits Whether keys that this caller presses are posted as DigitsCollected.
     * @param string $finishOnKey The keys that end what was typed; empty is none.
     * @param int $numDigits How many keys are posted at once; 0 is no limit.
     * @param string $digitsCallbackUrl Where the keys are posted; left out, to statusEventsCallbackUrl.
     */
    public function conference(
        string $name,
        ?string $flags = null,
        ?int $maxParticipants = null,
        bool|string|null $record = null,
        bool|string|null $beep = null,
        ?bool $muted = null,
        ?bool $startOnEnter = null,
        ?bool $endOnExit = null,
        ?string $waitUrl = null,
        ?string $statusEventsCallbackUrl = null,
        ?string $statusEvents = null,
        ?bool $collectDigits = null,
        ?string $finishOnKey = null,
        ?int $numDigits = null,
        ?string $digitsCallbackUrl = null,
    ): static {
        return $this->add(Sauti::conference($name, $flags, $maxParticipants, $record, $beep, $muted, $startOnEnter, $endOnExit, $waitUrl, $statusEventsCallbackUrl, $statusEvents, $collectDigits, $finishOnKey, $numDigits, $digitsCallbackUrl));
    }

    /**
     * Record what the caller says, until silence, a key or the longest time. What came of it is sent to action as recordingUrl, recordingId, recordingDurationInSeconds and recordingStatus, also when the caller hangs up; the answer is the next document.
     *
     * @param string $action Where the outcome is sent; left out, to the address of this document.
     * @param 'POST'|'GET' $method How it is sent.
     * @param int $timeout Seconds of silence that end it; 0 is the default of the exchange, 5.
     * @param int $maxLength The longest recording in seconds; 0 is the default of the exchange, 120.
     * @param string $finishOnKey The keys that end it; empty is none. Other keys do nothing.
     * @param bool $playBeep Whether a beep says when to speak.
     * @param bool|'trim-silence'|'do-not-trim' $trim Whether silence before the first word and after the last is left out.
     * @param bool $transcribe Whether what was said is written down.
     * @param string $transcribeCallback Where the words are posted; naming it is the same as transcribe.
     */
    public function record(
        ?string $action = null,
        ?string $method = null,
        ?int $timeout = null,
        ?int $maxLength = null,
        ?string $finishOnKey = null,
        ?bool $playBeep = null,
        bool|string|null $trim = null,
        ?bool $transcribe = null,
        ?string $transcribeCallback = null,
    ): static {
        return $this->add(Sauti::record($action, $method, $timeout, $maxLength, $finishOnKey, $playBeep, $trim, $transcribe, $transcribeCallback));
    }

    /**
     * Open a WebSocket to your server (sub-protocol audio.drachtio.org) and send it the audio of the call as S16LE frames of 20 ms, after one text frame that says whose they are. What your server sends back is heard by the caller. With connect the call stays in the stream and the actions after it run only when it cannot be opened; without, they run at once, beside it. In XML <Connect><Stream> is with connect and <Start><Stream> without; <Parameter> inside is a header of the first frame.
     *
     * @param string $url Where your server listens.
     * @param string $name What you call it; it comes back with every event.
     * @param 'inbound_track'|'outbound_track'|'both_tracks' $track What is sent: what the caller says, what the caller hears, or both mixed.
     * @param bool $connect Whether the call stays in the stream.
     * @param 8000|16000 $outputSamplingRate The rate of what you receive.
     * @param int $bidirectionalSamplingRate The rate of what you send back; left out, that of inputSamplingRate.
     * @param int $inputSamplingRate Another name of bidirectionalSamplingRate; left out, that of outputSamplingRate.
     * @param string $headerMetadata A JSON object as a string; it is headers of the first frame.
     * @param string $openMetadata Any text; it is openMetadata of the first frame.
     * @param string $statusCallback Where its events are posted; left out, to the voice URL of the call.
     * @param string $statusEvents Which events are posted; empty is all of stream-started stream-stopped stream-error.
     */
    public function stream(
        string $url,
        ?string $name = null,
        ?string $track = null,
        ?bool $connect = null,
        ?int $outputSamplingRate = null,
        ?int $bidirectionalSamplingRate = null,
        ?int $inputSamplingRate = null,
        ?string $headerMetadata = null,
        ?string $openMetadata = null,
        ?string $statusCallback = null,
        ?string $statusEvents = null,
    ): static {
        return $this->add(Sauti::stream($url, $name, $track, $connect, $outputSamplingRate, $bidirectionalSamplingRate, $inputSamplingRate, $headerMetadata, $openMetadata, $statusCallback, $statusEvents));
    }

    /**
     * Continue with the document at another address. The actions after it run only when that document cannot be had.
     *
     * @param string $url Where the next document is.
     * @param 'POST'|'GET' $method How it is asked for.
     */
    public function redirect(
        string $url,
        ?string $method = null,
    ): static {
        return $this->add(Sauti::redirect($url, $method));
    }

    /**
     * Refuse a call that was not answered yet. It costs nothing.
     *
     * @param 'rejected'|'busy' $reason What the caller is told.
     */
    public function reject(
        ?string $reason = null,
    ): static {
        return $this->add(Sauti::reject($reason));
    }

    /** End the call. */
    public function hangup(): static
    {
        return $this->add(Sauti::hangup());
    }

    abstract protected function add(Action $action): static;
}
