"""Browser phones: WebRTC on one side, an ordinary SIP leg of an engine on the other; no Django."""
