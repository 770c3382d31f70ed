<?php

// Made by `manage.py generate` from the API description. Do not edit.

declare(strict_types=1);

namespace Sautikit\Resource;

use Sautikit\Internal\Resource;
use Sautikit\Model\Member;
use Sautikit\Model\MemberPage;
use Sautikit\Pages;

/** The routes of members. */
final class MembersResource extends Resource
{
    /** Remove a member. Scope: members.manage. */
    public function delete(string $memberId): void
    {
        $this->ask('DELETE', '/v1/members/' . self::quoted('member_id', $memberId));
    }

    /**
     * List the people of this workspace, newest first. Scope: members.read.
     *
     * @param int $limit Rows a page.
     * @param string $cursor `next_cursor` of the page before.
     * @return Pages<Member, MemberPage>
     */
    public function list(?int $limit = null, ?string $cursor = null): Pages
    {
        $query = self::given([
            'limit' => $limit,
            'cursor' => $cursor,
        ]);

        return $this->pages('/v1/members', $query, MemberPage::fromArray(...), 'data', 'cursor');
    }

    /**
     * Give a member another role. Scope: members.manage.
     *
     * @param 'owner'|'admin'|'member'|'viewer' $role
     */
    public function update(string $memberId, string $role): Member
    {
        $body = self::given([
            'role' => $role,
        ]);

        return Member::fromArray($this->ask('PATCH', '/v1/members/' . self::quoted('member_id', $memberId), body: $body));
    }
}
