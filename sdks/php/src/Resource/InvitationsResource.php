<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Resource;

use Sautikit\Internal\Resource;
use Sautikit\Model\Invitation;
use Sautikit\Model\InvitationPage;
use Sautikit\Model\Seat;
use Sautikit\Pages;

/** The routes of invitations. */
final class InvitationsResource extends Resource
{
    /** Take the seat an invitation offers, in a session of the invited address. */
    public function accept(string $token): Seat
    {
        $body = self::given([
            'token' => $token,
        ]);

        return Seat::fromArray($this->ask('POST', '/v1/invitations/accept', body: $body));
    }

    /**
     * Mail an invitation. Scope: members.manage.
     *
     * @param 'owner'|'admin'|'member'|'viewer' $role
     */
    public function create(string $email, ?string $role = null, ?string $idempotencyKey = null): Invitation
    {
        $body = self::given([
            'email' => $email,
            'role' => $role,
        ]);

        return Invitation::fromArray($this->ask('POST', '/v1/invitations', body: $body, key: $idempotencyKey ?? true));
    }

    /** Take an invitation back. Scope: members.manage. */
    public function delete(string $invitationId): void
    {
        $this->ask('DELETE', '/v1/invitations/' . self::quoted('invitation_id', $invitationId));
    }

    /**
     * List the open invitations, newest first. Scope: members.read.
     *
     * @param int $limit Rows a page.
     * @param string $cursor `next_cursor` of the page before.
     * @return Pages<Invitation, InvitationPage>
     */
    public function list(?int $limit = null, ?string $cursor = null): Pages
    {
        $query = self::given([
            'limit' => $limit,
            'cursor' => $cursor,
        ]);

        return $this->pages('/v1/invitations', $query, InvitationPage::fromArray(...), 'data', 'cursor');
    }

    /** Mail an invitation again with a new link and seven more days. Scope: members.manage. */
    public function resend(string $invitationId, ?string $idempotencyKey = null): Invitation
    {
        return Invitation::fromArray($this->ask('POST', '/v1/invitations/' . self::quoted('invitation_id', $invitationId) . '/resend', key: $idempotencyKey ?? true));
    }
}
