"""Daraja's HTTP doors."""

import base64
import binascii
import json
import secrets
import sqlite3
import string
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace

from aiohttp import web

from sandbox.config import DarajaApp
from sandbox.daraja import statement
from sandbox.daraja.checks import Body, check_push, check_query
from sandbox.daraja.office import Order
from sandbox.daraja.pushes import Pushes
from sandbox.daraja.replies import ACCEPTED, RESULTS, RefusalError, request_id
from sandbox.daraja.traps import CHOICES, TrapError, defaults, read_traps

TOKEN_SECONDS = 3599
TOKEN_LETTERS = string.ascii_letters + string.digits

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Daraja:
    """Answer as Daraja does, for one application."""

    def __init__(self, store: sqlite3.Connection, app: DarajaApp, pushes: Pushes) -> None:
        self.store, self.app, self.pushes = store, app, pushes

    def routes(self) -> list[web.AbstractRouteDef]:
        """List the doors; what Daraja does not know answers as Daraja does."""
        return [
            web.get("/oauth/v1/generate", refusing(self.generate_token)),
            web.post("/mpesa/stkpush/v1/processrequest", refusing(self.push)),
            web.post("/mpesa/stkpushquery/v1/query", refusing(self.query)),
            web.post(r"/mpesa/c2b/{version:v[12]}/registerurl", refusing(self.register_urls)),
            web.post("/pulltransactions/v1/register", refusing(self.register_pull)),
            web.post("/pulltransactions/v1/query", refusing(self.pull)),
            web.post(r"/mpesa/c2b/{version:v[12]}/simulate", refusing(self.simulate)),
            web.post("/mpesa/reversal/v1/request", refusing(self.reverse)),
            web.post("/mpesa/b2c/{version:v[13]}/paymentrequest", refusing(self.pay_out)),
            web.post("/mpesa/transactionstatus/v1/query", refusing(self.ask_status)),
            web.post("/mpesa/accountbalance/v1/query", refusing(self.ask_balance)),
            web.get("/daraja/statement", self.export_statement),
            web.get("/daraja/traps", self.read_traps),
            web.put("/daraja/traps", self.set_traps),
            web.route("*", "/mpesa/{rest:.*}", refusing(self.refuse_path)),
        ]

    async def generate_token(self, request: web.Request) -> web.StreamResponse:
        """Give out a token; the application's older token dies with it."""
        scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "basic":
            raise RefusalError(400, "400.008.01", "Invalid Authentication passed")
        if request.query.get("grant_type") != "client_credentials":
            raise RefusalError(400, "400.008.02", "Invalid grant type passed")
        expected = f"{self.app.consumer_key}:{self.app.consumer_secret}"
        if not secrets.compare_digest(decode(credentials), expected.encode()):
            # The real one answers bad credentials with no body at all.
            return web.Response(status=400)
        token = "".join(secrets.choice(TOKEN_LETTERS) for _ in range(28))
        self.store.execute(
            "INSERT OR REPLACE INTO token (app, value, expires_at) VALUES (?, ?, ?)",
            (self.app.consumer_key, token, time.time() + TOKEN_SECONDS),
        )
        return web.json_response({"access_token": token, "expires_in": str(TOKEN_SECONDS)})

    async def push(self, request: web.Request) -> web.StreamResponse:
        """Queue one STK push."""
        self.check_token(request)
        asked = check_push(await read_body(request), self.app)
        self.let_token_die(asked.e164)
        row = await self.pushes.start(asked)
        if self.pushes.traps_of(row["e164"]).reply_lost and request.transport is not None:
            request.transport.abort()
        return web.json_response(
            {
                "MerchantRequestID": row["merchant_id"],
                "CheckoutRequestID": row["checkout_id"],
                "ResponseCode": "0",
                "ResponseDescription": ACCEPTED,
                "CustomerMessage": ACCEPTED,
            }
        )

    async def query(self, request: web.Request) -> web.StreamResponse:
        """Say how a push ended, or one of the three ways of not saying it."""
        self.check_token(request)
        row = self.pushes.find(check_query(await read_body(request), self.app))
        if row is None:
            raise RefusalError(500, "500.001.1001", "The transaction does not exist")
        trap = self.pushes.traps_of(row["e164"]).query
        if trap == "empty":
            raise RefusalError(200, "500.001.1001", "")
        if trap == "error" or (row["state"] == "working" and not trap):
            raise RefusalError(500, "500.001.1001", "The transaction is being processed")
        lies = {"pending": "4999", "paid": "0", "failed": "1037"}
        code = lies.get(trap) or (row["code"] if row["state"] == "done" else "4999")
        return web.json_response(
            {
                "ResponseCode": "0",
                "ResponseDescription": "The service request has been accepted successfully",
                "MerchantRequestID": row["merchant_id"],
                "CheckoutRequestID": row["checkout_id"],
                "ResultCode": code,
                "ResultDesc": RESULTS.get(code, "The transaction is still under processing"),
            }
        )

    async def register_urls(self, request: web.Request) -> web.StreamResponse:
        """Keep where the Paybill's messages go; the misspelt key is Daraja's."""
        self.check_token(request)
        self.pushes.paybill.register(await read_body(request))
        return web.json_response(
            {
                "OriginatorCoversationID": request_id(),
                "ResponseCode": "0",
                "ResponseDescription": "Success",
            }
        )

    async def register_pull(self, request: web.Request) -> web.StreamResponse:
        """Allow Pulls, which are allowed anyway."""
        self.check_token(request)
        await read_body(request)
        return web.json_response(
            {
                "ResponseRefID": request_id(),
                "Response Status": "1000",
                "ShortCode": self.app.shortcode,
            }
        )

    async def pull(self, request: web.Request) -> web.StreamResponse:
        """List payments: nested twice, and nothing is a text."""
        self.check_token(request)
        rows = self.pushes.paybill.pull(await read_body(request))
        return web.json_response(
            {
                "ResponseRefID": request_id(),
                "ResponseCode": "1000" if rows else "1001",
                "ResponseMessage": "Success" if rows else "No transactions found",
                "Response": [rows] if rows else "[[]]",
            }
        )

    async def simulate(self, request: web.Request) -> web.StreamResponse:
        """Pay into the Paybill as Daraja's own sandbox does for a program."""
        self.check_token(request)
        await self.pushes.paybill.simulate(await read_body(request))
        return web.json_response(
            {
                "OriginatorCoversationID": request_id(),
                "ResponseCode": "0",
                "ResponseDescription": "Accept the service request successfully.",
            }
        )

    async def reverse(self, request: web.Request) -> web.StreamResponse:
        """Take an order to send a payment back; its result comes later."""
        return await self._take(request, self.pushes.office.take_reversal)

    async def pay_out(self, request: web.Request) -> web.StreamResponse:
        """Take an order to pay a phone; its result comes later."""
        return await self._take(request, self.pushes.office.take_payout)

    async def ask_status(self, request: web.Request) -> web.StreamResponse:
        """Take a question about a receipt; its answer comes later."""
        return await self._take(request, self.pushes.office.take_status)

    async def ask_balance(self, request: web.Request) -> web.StreamResponse:
        """Take a question about the business's accounts; its answer comes later."""
        return await self._take(request, self.pushes.office.take_balance)

    async def _take(
        self, request: web.Request, read: Callable[[Body], Order]
    ) -> web.StreamResponse:
        self.check_token(request)
        order = read(await read_body(request))
        self.pushes.carry_out(order)
        return web.json_response(
            {
                "OriginatorConversationID": order.order_id,
                "ConversationID": order.conversation_id,
                "ResponseCode": "0",
                "ResponseDescription": "Accept the service request successfully.",
            }
        )

    async def refuse_path(self, request: web.Request) -> web.StreamResponse:
        """Refuse a path or a method that this application has no product for."""
        known = ("/mpesa/stkpush/v1/processrequest", "/mpesa/stkpushquery/v1/query")
        if request.path in known:
            raise RefusalError(405, "405.001", "Method Not Allowed")
        raise RefusalError(404, "404.001.01", "Resource not found")

    async def export_statement(self, request: web.Request) -> web.Response:
        """Give the business's statement: `format` csv or xlsx, `from` and `to` as whole days."""
        asked = request.query
        try:
            since, until = statement.period(asked.get("from", ""), asked.get("to", ""))
        except ValueError:
            return web.json_response({"error": "A day is YYYY-MM-DD."}, status=400)
        form = asked.get("format", "csv")
        export = statement.Export(self.store, shortcode=self.app.shortcode)
        forms = {
            "csv": (export.as_csv, statement.CSV_KIND),
            "xlsx": (export.as_xlsx, statement.XLSX_KIND),
        }
        if form not in forms:
            return web.json_response({"error": "The format is csv or xlsx."}, status=400)
        write, kind = forms[form]
        name = f"statement-{self.app.shortcode}-{until:%Y%m%d}.{form}"
        told = {"Content-Type": kind, "Content-Disposition": f'attachment; filename="{name}"'}
        return web.Response(body=write(since, until), headers=told)

    async def read_traps(self, request: web.Request) -> web.Response:
        """Show the traps that are set."""
        return web.json_response(
            {
                "traps": {phone: asdict(traps) for phone, traps in self.pushes.traps.items()},
                "known": defaults(),
                "choices": CHOICES,
            }
        )

    async def set_traps(self, request: web.Request) -> web.Response:
        """Set the traps of one phone or, with `*`, of all; no traps clears them."""
        try:
            body = json.loads(await request.text())
            phone, asked = str(body["phone"]), dict(body["traps"])
            traps = read_traps(asked)
        except (ValueError, KeyError, TypeError) as problem:
            said = str(problem) if isinstance(problem, TrapError) else "Send phone and traps."
            return web.json_response({"error": said}, status=400)
        if asked:
            self.pushes.traps[phone] = traps
        else:
            self.pushes.traps.pop(phone, None)
        return await self.read_traps(request)

    def let_token_die(self, phone: str) -> None:
        """Let the live token end before its time, once for each time the trap is set."""
        key = phone if phone in self.pushes.traps else "*"
        traps = self.pushes.traps.get(key)
        if traps is None or not traps.token_dies:
            return
        self.pushes.traps[key] = replace(traps, token_dies=False)
        self.store.execute("DELETE FROM token WHERE app = ?", (self.app.consumer_key,))
        raise RefusalError(404, "404.001.03", "Invalid Access Token")

    def check_token(self, request: web.Request) -> None:
        """Refuse every token but the newest."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        row = self.store.execute(
            "SELECT value, expires_at FROM token WHERE app = ?", (self.app.consumer_key,)
        ).fetchone()
        if (
            scheme.lower() != "bearer"
            or row is None
            or not secrets.compare_digest(row["value"].encode(), token.encode())
            or row["expires_at"] < time.time()
        ):
            raise RefusalError(404, "404.001.03", "Invalid Access Token")


def refusing(handler: Handler) -> Handler:
    """Turn a RefusalError into its body."""

    async def door(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except RefusalError as refusal:
            return refusal.reply()

    return door


async def read_body(request: web.Request) -> Body:
    """Read the JSON object of a product call."""
    try:
        body = json.loads(await request.text())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise RefusalError(400, "400.002.05", "Invalid Request Payload")
    return body


def decode(credentials: str) -> bytes:
    try:
        return base64.b64decode(credentials, validate=True)
    except (binascii.Error, ValueError):
        return b""
