"""The second step of a sign-in, as one of allauth's stages, and what a new browser sets off."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.stages import LoginStage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts import second_step, sessions


class SecondStep(LoginStage):
    """Stands between the mailbox and the session of a person who has a second step."""

    key = "second_step"
    urlname = "accounts:second_step"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user = self.login.user
        if user is None or not second_step.is_enrolled(user):
            return None, True
        if sessions.has_second_step(self.request, user):
            return None, True
        return redirect(self.urlname), True


class Adapter(DefaultAccountAdapter):
    """Signs in through our own second step; the mail before it has verified the address."""

    def get_login_stages(self) -> list[str]:
        return ["accounts.stages.SecondStep"]

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
