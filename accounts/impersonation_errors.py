"""The problem of looking into somebody else's workspace."""

from kernel.errors import Problem


class ImpersonationRefused(Problem):
    code = "accounts.impersonation_refused"
    status = 403
    message = "{reason}"
    doc = """Operators of the platform may read a workspace for 30 minutes to help; they change nothing there, and
    the workspace's audit log says when and why. Workspaces of operators are left alone."""
