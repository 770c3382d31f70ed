<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Resource;

use Sautikit\Internal\Sender;

/** Every noun of the API. */
abstract class Resources
{
    public readonly AlertSubscribersResource $alertSubscribers;
    public readonly ApiKeysResource $apiKeys;
    public readonly AuditResource $audit;
    public readonly CallsResource $calls;
    public readonly ConferencesResource $conferences;
    public readonly DoNotCallResource $doNotCall;
    public readonly EventsResource $events;
    public readonly InvitationsResource $invitations;
    public readonly MembersResource $members;
    public readonly NumbersResource $numbers;
    public readonly PricingResource $pricing;
    public readonly RecordingsResource $recordings;
    public readonly StorageResource $storage;
    public readonly TopupsResource $topups;
    public readonly UploadsResource $uploads;
    public readonly VoiceResource $voice;
    public readonly WalletResource $wallet;
    public readonly WebhooksResource $webhooks;
    public readonly WebrtcResource $webrtc;
    public readonly WorkspaceResource $workspace;

    protected function __construct(Sender $sender)
    {
        $this->alertSubscribers = new AlertSubscribersResource($sender);
        $this->apiKeys = new ApiKeysResource($sender);
        $this->audit = new AuditResource($sender);
        $this->calls = new CallsResource($sender);
        $this->conferences = new ConferencesResource($sender);
        $this->doNotCall = new DoNotCallResource($sender);
        $this->events = new EventsResource($sender);
        $this->invitations = new InvitationsResource($sender);
        $this->members = new MembersResource($sender);
        $this->numbers = new NumbersResource($sender);
        $this->pricing = new PricingResource($sender);
        $this->recordings = new RecordingsResource($sender);
        $this->storage = new StorageResource($sender);
        $this->topups = new TopupsResource($sender);
        $this->uploads = new UploadsResource($sender);
        $this->voice = new VoiceResource($sender);
        $this->wallet = new WalletResource($sender);
        $this->webhooks = new WebhooksResource($sender);
        $this->webrtc = new WebrtcResource($sender);
        $this->workspace = new WorkspaceResource($sender);
    }
}
