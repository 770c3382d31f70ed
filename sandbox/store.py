"""The sandbox's own SQLite file: mail, M-Pesa accounts, messages and pushes."""

import sqlite3
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS mail (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    to_address TEXT NOT NULL, from_address TEXT NOT NULL, subject TEXT NOT NULL,
    text TEXT NOT NULL, html TEXT NOT NULL, received_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS mail_to ON mail (to_address, id);
CREATE TABLE IF NOT EXISTS token (app TEXT PRIMARY KEY, value TEXT NOT NULL, expires_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS account (e164 TEXT PRIMARY KEY, balance_minor INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    e164 TEXT NOT NULL, text TEXT NOT NULL, at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS message_of ON message (e164, id);
CREATE TABLE IF NOT EXISTS push (
    checkout_id TEXT PRIMARY KEY, merchant_id TEXT NOT NULL, e164 TEXT NOT NULL,
    amount INTEGER NOT NULL, reference TEXT NOT NULL, shortcode TEXT NOT NULL,
    callback_url TEXT NOT NULL, started_at REAL NOT NULL, expires_at REAL NOT NULL,
    state TEXT NOT NULL, code TEXT, description TEXT, receipt TEXT);
CREATE TABLE IF NOT EXISTS c2b (
    shortcode TEXT PRIMARY KEY, confirmation_url TEXT NOT NULL, validation_url TEXT NOT NULL,
    response_type TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS payment (
    receipt TEXT PRIMARY KEY, e164 TEXT NOT NULL, amount_minor INTEGER NOT NULL,
    reference TEXT NOT NULL, shortcode TEXT NOT NULL, kind TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS reversed (receipt TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS reversal (
    receipt TEXT PRIMARY KEY, original TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS carried (order_id TEXT PRIMARY KEY, receipt TEXT NOT NULL, amount INTEGER NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS payout (
    order_id TEXT PRIMARY KEY, e164 TEXT NOT NULL, amount_minor INTEGER NOT NULL, at REAL NOT NULL,
    receipt TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS payment_at ON payment (at);
CREATE INDEX IF NOT EXISTS push_of ON push (e164, state);
"""


def open_store(folder: Path) -> sqlite3.Connection:
    """Open, and when new create, the sandbox's database."""
    folder.mkdir(parents=True, exist_ok=True)
    store = sqlite3.connect(folder / "sandbox.sqlite3", isolation_level=None)
    store.row_factory = sqlite3.Row
    # The sandbox may forget the last second after a power cut; it may not make a push wait.
    store.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;" + SCHEMA)
    return store
