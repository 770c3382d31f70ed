"""The codes of the public contract are declared with their statuses."""

import pytest

from kernel import errors

CONTRACT = """
account.suspended 403
account.calls_stopped 403
accounts.admin_required 403
accounts.write_denied 403
api_key.already_revoked 409
api_key.expired 401
api_key.invalid 401
api_key.name_required 400
api_key.not_found 404
api_key.revoked 401
api_key.scope_denied 403
api_key.scope_invalid 400
auth.no_workspace 403
auth.session_invalid 401
auth.token_expired 401
auth.token_invalid 401
auth.token_used 401
auth.workspace_forbidden 403
calls.destination_denied 403
calls.not_found 404
currency.unsupported 400
idempotency.conflict 409
idempotency.in_progress 409
internal_error 500
numbers.already_claimed 409
numbers.not_assigned 409
numbers.not_found 404
numbers.release_failed 409
numbers.suspended 409
rate_limited 429
topups.not_found 404
topups.provider_failed 502
validation.bad_request 400
wallet.currency_mismatch 400
wallet.insufficient_balance 402
wallet.invalid_amount 400
webhooks.event_unsupported 400
webhooks.not_found 404
webhooks.url_invalid 400
"""


@pytest.mark.parametrize("line", CONTRACT.split("\n")[1:-1])
def test_a_code_of_the_contract_has_its_status(line):
    code, status = line.split()
    assert errors.registry()[code].status == int(status)
