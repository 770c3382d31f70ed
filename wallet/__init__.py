"""The wallet: the ledger, holds, top-ups and M-Pesa; it has never heard of a call."""
