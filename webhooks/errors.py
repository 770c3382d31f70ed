"""What can go wrong with endpoints and deliveries."""

from kernel.errors import Problem


class EventUnsupported(Problem):
    code = "webhooks.event_unsupported"
    status = 400
    message = "{name!r} is not an event you can subscribe to."
    doc = """Subscriptions are names (`call.completed`), a family (`call.*`, `call.supervision.*`,
    `wallet.*`, `number.*`, `recording.*`, `storage.*`, `webhook.*`) or `*`."""


class UrlInvalid(Problem):
    code = "webhooks.url_invalid"
    status = 400
    message = "The URL cannot be used: {reason}."
    doc = """A webhook URL begins with https://, names a public host and carries no user name. On a
    sandbox installation http://localhost works too."""


class WebhookNotFound(Problem):
    code = "webhooks.not_found"
    status = 404
    message = "There is no such webhook endpoint in this workspace."
    doc = "The id is unknown, or belongs to another workspace or mode."


class DeliveryNotFound(Problem):
    code = "webhooks.delivery_not_found"
    status = 404
    message = "There is no such delivery at this endpoint."
    doc = "The id is unknown, or the delivery went to another endpoint."


class WebhookLimit(Problem):
    code = "webhooks.limit_reached"
    status = 409
    message = "A workspace has at most {limit} endpoints in each mode."
    doc = "Delete an endpoint that is no longer used, then create the new one."


class ReplayRange(Problem):
    code = "webhooks.replay_range"
    status = 400
    message = "This range cannot be replayed: {reason}."
    doc = """`from` and `to` are RFC 3339 times, `from` before `to` and at most 30 days ago: events are
    forgotten after that."""


class ListenerNotFound(Problem):
    code = "webhooks.listener_not_found"
    status = 404
    message = "There is no such listener, or it is closed."
    doc = """The id is unknown, belongs to another API key, or the listener was closed. Open a new one with
    `POST /v1/listeners`."""


class ListenerLimit(Problem):
    code = "webhooks.listener_limit_reached"
    status = 409
    message = "A workspace has at most {limit} listeners at once in each mode."
    doc = "Stop a `sautikit listen` that is no longer used; it is forgotten within a minute."


class ListenerTestOnly(Problem):
    code = "webhooks.listener_test_only"
    status = 403
    message = "Only a test key may have its calls answered by a laptop."
    doc = """Calls of a live key talk to customers, so a laptop never takes them over. Use a `tsk_test_` key with
    `--voice`, or listen to events alone. On a sandbox installation live keys may do it too."""


class SampleTestOnly(Problem):
    code = "webhooks.sample_test_only"
    status = 403
    message = "Samples are sent with a test key only."
    doc = """A sample looks like an event that happened, a top-up for example, and is signed like one. So it
    is never sent in live mode, except on a sandbox installation."""


class EventNotFound(Problem):
    code = "webhooks.event_not_found"
    status = 404
    message = "There is no such event in this workspace."
    doc = "The id is unknown, older than 30 days, or belongs to another workspace or mode."


# Not raised over HTTP: the `last_error` of a delivery to an endpoint that has no secret.
SECRET_UNSET = "webhooks.deliver.secret_unset"  # noqa: S105
