"""The tag that gives templates the frame around a page."""

from __future__ import annotations

from django import template

from sautikit_site.shell import Shell

register = template.Library()


@register.simple_tag(takes_context=True)
def shell(context: template.Context) -> Shell:
    """Give the frame of this request, the same one however often a template asks."""
    request = context["request"]
    if not hasattr(request, "console_shell"):
        request.console_shell = Shell(request)
    found: Shell = request.console_shell
    return found
