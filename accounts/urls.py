"""The addresses of accounts."""

from django.urls import path, re_path

from accounts import (
    api,
    api_cli,
    api_team,
    console,
    console_cli,
    console_requests,
    console_team,
    person_urls,
)

api_urls = [
    path("auth/magic-link", api.MagicLinkView.as_view()),
    path("auth/magic-link/verify", api.VerifyView.as_view()),
    path("auth/session", api.SessionView.as_view()),
    path("auth/sign-out", api.SignOutView.as_view()),
    path("auth/switch-workspace", api.SwitchWorkspaceView.as_view()),
    path("auth/onboarding", api.OnboardingView.as_view()),
    path("workspace", api.WorkspaceView.as_view()),
    path("workspace/rotate-signing-secret", api.RotateSigningSecretView.as_view()),
    path("api-keys", api.ApiKeysView.as_view()),
    path("api-keys/<str:key_id>", api.ApiKeyView.as_view()),
    path("members", api_team.MembersView.as_view()),
    path("members/<str:member_id>", api_team.MemberView.as_view()),
    path("invitations", api_team.InvitationsView.as_view()),
    path("invitations/accept", api_team.AcceptInvitationView.as_view()),
    path("invitations/<str:invitation_id>", api_team.InvitationView.as_view()),
    path("invitations/<str:invitation_id>/resend", api_team.ResendInvitationView.as_view()),
    path("audit", api_team.AuditView.as_view()),
    path("cli/device-codes", api_cli.DeviceCodesView.as_view()),
    path("cli/token", api_cli.DeviceTokenView.as_view()),
    path("cli/logout", api_cli.DeviceLogoutView.as_view()),
]

console_urls = [
    path("signin", console.signin, name="signin"),
    path("signin/sent", console.signin_sent, name="signin_sent"),
    path("auth/link/confirm", console.link_confirm, name="link_confirm"),
    re_path(r"^auth/link/(?P<token>[\w-]{20,200})/?$", console.link, name="link"),
    path("signout", console.sign_out, name="sign_out"),
    path("cli", console_cli.device_login, name="device_login"),
    path("onboarding", console.onboarding, name="onboarding"),
    path("settings", console.settings, name="settings"),
    path("settings/signing-secret", console.rotate_signing_secret, name="rotate_signing_secret"),
    path("settings/api-keys", console.api_keys, name="api_keys"),
    path("settings/api-keys/<str:key_id>/revoke", console.revoke_api_key, name="revoke_api_key"),
    path("settings/requests", console_requests.requests, name="requests"),
    path("settings/members", console_team.members, name="members"),
    path("settings/members/leave", console_team.leave, name="leave"),
    path("settings/members/<str:member_id>", console_team.change_member, name="change_member"),
    path(
        "settings/invitations/<str:invitation_id>",
        console_team.change_invitation,
        name="change_invitation",
    ),
    path("settings/sessions", console_team.sessions, name="sessions"),
    path("settings/audit", console_team.audit_log, name="audit"),
    path("settings/audit.csv", console_team.audit_csv, name="audit_csv"),
    path("invitations/<str:token>", console_team.invitation, name="invitation"),
    path("workspaces/new", console_team.new_workspace, name="new_workspace"),
    path("switch", console.switch_workspace, name="switch_workspace"),
    *person_urls.console_urls,
]
