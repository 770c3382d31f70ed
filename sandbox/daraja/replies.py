"""The bodies Daraja answers with, good and bad."""

import json
import secrets
from dataclasses import dataclass

from aiohttp import web

from sandbox.daraja.traps import Traps

ACCEPTED = "Success. Request accepted for processing"

# What M-Pesa says at the end of a push, by result code.
RESULTS = {
    "0": "The service request is processed successfully.",
    "1": "The balance is insufficient for the transaction.",
    "17": "The transaction is rule limited.",
    "1032": "Request cancelled by user",
    "1037": "DS timeout user cannot be reached",
    "2001": "The initiator information is invalid.",
    "2028": "The request is not permitted according to product assignment.",
}


class RefusalError(Exception):
    """One of Daraja's error bodies, on its way to the client."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    def reply(self) -> web.Response:
        """Write the body with a fresh request id; without a code it is a gateway's page."""
        if not self.code:
            return web.Response(status=self.status, text=self.message, content_type="text/html")
        body = {
            "requestId": request_id(),
            "errorCode": self.code,
            "errorMessage": self.message,
        }
        return web.json_response(body, status=self.status)


def invalid(field: str) -> RefusalError:
    """Refuse one field by the name Daraja gives it."""
    return RefusalError(400, "400.002.02", f"Bad Request - Invalid {field}")


def request_id() -> str:
    """Make an id shaped like Daraja's own."""
    return f"{secrets.token_hex(2)}-{secrets.token_hex(2)}-{secrets.token_hex(2)}{secrets.randbelow(10**10)}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a push ended."""

    code: str
    receipt: str = ""
    at: str = ""

    @property
    def description(self) -> str:
        """Give M-Pesa's words for the code."""
        return RESULTS[self.code]


# One argument for each fact of the callback.
def callback_body(
    *,
    merchant_id: str,
    checkout_id: str,
    outcome: Outcome,
    amount: int,
    msisdn: str,
    traps: Traps,
) -> bytes:
    """Write the callback byte for byte as M-Pesa orders it.

    The amount is a number with two decimals, which json cannot write, so it is put in as text.
    """
    callback: dict[str, object] = {
        "MerchantRequestID": merchant_id,
        "CheckoutRequestID": f"{checkout_id}x" if traps.other_checkout else checkout_id,
        "ResultCode": outcome.code if traps.text_values else int(outcome.code),
        "ResultDesc": outcome.description,
    }
    if outcome.code == "0" and not traps.no_receipt:
        callback["CallbackMetadata"] = {
            "Item": [
                {"Name": "Amount", "Value": "@amount@"},
                {"Name": "MpesaReceiptNumber", "Value": outcome.receipt},
                {"Name": "Balance"},
                {"Name": "TransactionDate", "Value": int(outcome.at)},
                {"Name": "PhoneNumber", "Value": int(msisdn)},
            ]
        }
    text = json.dumps({"Body": {"stkCallback": callback}})
    said = f"{amount + traps.alter_amount}.00"
    return text.replace('"@amount@"', f'"{said}"' if traps.text_values else said).encode()
