"""How SIPp phones behave: short sentences made into its scenario files.

A called phone's number ends with the port of its ear, so one SIPp plays any number of phones.
"""

from __future__ import annotations

from typing import Final

# What a called phone does, by the name that cases use.
CALLED: Final = {
    "stay": "ring; wait 200; answer; stay",
    "leave": "ring; wait 200; answer; wait 2000; bye",
    "leave-later": "ring; wait 200; answer; wait 4500; bye",
    "leave-late": "ring; wait 200; answer; wait 12000; bye",
    "slow": "ring; wait 1500; answer; stay",
    "instant": "answer; stay",
    "early": "early; wait 1200; answer; stay",
    "early-only": "early; cancelled",
    "early-busy": "early; wait 2200; refuse 486",
    "silent": "ring; cancelled",
    "mute": "ignore",
    "busy": "ring; wait 100; refuse 486",
    "busy-everywhere": "refuse 600",
    "unavailable": "refuse 480",
    "unanswered": "refuse 408",
    "forbidden": "refuse 403",
    "unknown": "refuse 404",
    "gone": "refuse 410",
    "incomplete": "refuse 484",
    "declined": "ring; wait 100; refuse 603",
    "nowhere": "refuse 604",
    "failing": "refuse 503",
    "broken": "refuse 500",
    "late-gateway": "refuse 504",
    "not-acceptable": "refuse 488",
    "info": "answer; wait 700; info 1; info *; stay",
    "hold": "answer; wait 600; hold; wait 1000; resume; stay",
}
# What a calling phone does.
CALLING: Final = {
    "caller": "call; stay",
    "caller-leaves": "call; wait 1500; bye",
    "caller-gives-up": "try; wait 700; cancel",
    "caller-meets-603": "refused 603",
    "caller-meets-486": "refused 486",
    "caller-meets-480": "refused 480",
}

# The causes of the telephone network that a carrier sends along.
Q850: Final = {404: 1, 408: 18, 480: 19, 486: 17, 503: 34, 603: 21}

_HEAD: Final = """[last_Via:]
[last_From:]
[last_To:]{tag}
[last_Call-ID:]
{cseq}
"""
_TAG: Final = ";tag=[pid]T[call_number]"
_CONTACT: Final = "Contact: <sip:[local_ip]:[local_port];transport=[transport]>\n"
_EMPTY: Final = "Content-Length: 0\n\n"
_SDP: Final = """Content-Type: application/sdp
Content-Length: [len]

v=0
o=phone 53655765 2353687637 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio {ear} RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a={direction}
"""
_MEDIA: Final = '<ereg regexp="m=audio ([0-9]+)" search_in="body" assign_to="media_line,media"/>'


def scenario(sentence: str) -> str:
    """Return the scenario file of a behaviour."""
    calls = sentence.split()[0].strip(";") in ("call", "try", "refused")
    parts = [] if calls else [_be_called()]
    requests = 1
    for step in sentence.split(";"):
        verb, _, value = step.strip().partition(" ")
        if verb in ("bye", "info", "hold", "resume"):
            requests += 1
        parts.append(_step(verb, value, calls, requests))
    names = "caller,called,cseq,user,ear"
    kept = f'<Reference variables="{names},media_line,media"/>' if not calls else ""
    body = "\n".join(parts)
    return f'<?xml version="1.0" encoding="ISO-8859-1" ?>\n<scenario name="phone">\n{body}\n{kept}\n</scenario>\n'


def _step(verb: str, value: str, calls: bool, number: int) -> str:
    match verb:
        case "wait":
            return f'<pause milliseconds="{value}"/>'
        case "ring":
            return _send(_reply("180 Ringing", _EMPTY))
        case "early":
            return _send(_reply("183 Session Progress", _CONTACT + _description())) + _log("up")
        case "answer":
            ok = _send(_reply("200 OK", _CONTACT + _description()), retrans=True)
            return f'{ok}\n<recv request="ACK">{_act(_note("up"))}</recv>'
        case "refuse":
            said = (
                f'Reason: Q.850;cause={Q850[int(value)]};text="why"\n' if int(value) in Q850 else ""
            )
            refusal = _send(_reply(f"{value} Refused", said + _EMPTY), retrans=True)
            return f'{refusal}\n<recv request="ACK">{_act(_note("done"))}</recv>'
        case "ignore":
            return f'{_log("done")}\n<pause milliseconds="100000"/>'
        case "cancelled":
            return _be_cancelled()
        case "stay":
            return _stay(calls)
        case "bye" | "info" | "hold" | "resume":
            return _in_dialog(verb, value, calls, number)
        case "call":
            return _call() + _take_answer()
        case "try":
            return _call() + '\n<recv response="100" optional="true"/>\n<recv response="180"/>'
        case "cancel":
            return _cancel()
        case "refused":
            return _call() + _take_refusal(value)
    raise ValueError(f"a phone cannot {verb!r}")


def _be_called() -> str:
    read = "\n".join(
        [
            '<ereg regexp=".*" search_in="hdr" header="From:" assign_to="caller"/>',
            '<ereg regexp=".*" search_in="hdr" header="To:" assign_to="called"/>',
            '<ereg regexp=".*" search_in="hdr" header="CSeq:" assign_to="cseq"/>',
            '<ereg regexp="sip:[+]?[0-9]*([0-9][0-9][0-9][0-9][0-9])@" search_in="hdr" '
            'header="To:" assign_to="user,ear"/>',
            _MEDIA,
            _note("invited"),
        ]
    )
    return f'<recv request="INVITE" rrs="true">{_act(read)}</recv>'


def _act(inside: str) -> str:
    return f"\n<action>\n{inside}\n</action>\n"


def _note(word: str, ear: str = "[$ear]", media: str = "[$media]") -> str:
    return f'<log message="{word} {ear} {media}"/>'


def _log(word: str) -> str:
    return f"\n<nop>{_act(_note(word))}</nop>"


def _send(message: str, *, retrans: bool = False) -> str:
    again = ' retrans="500"' if retrans else ""
    return f"<send{again}><![CDATA[\n{message}\n]]></send>"


def _reply(status: str, rest: str, *, cseq: str = "[last_CSeq:]", tag: str = _TAG) -> str:
    return f"SIP/2.0 {status}\n" + _HEAD.format(tag=tag, cseq=cseq) + rest


def _description(ear: str = "[$ear]", direction: str = "sendrecv") -> str:
    return _SDP.format(ear=ear, direction=direction)


def _be_cancelled() -> str:
    ok = _send(_reply("200 OK", _EMPTY, tag=""))
    over = _send(_reply("487 Request Terminated", _EMPTY, cseq="CSeq:[$cseq]"), retrans=True)
    return (
        f'<recv request="CANCEL"/>\n{ok}\n{over}\n<recv request="ACK">{_act(_note("done"))}</recv>'
    )


def _stay(calls: bool) -> str:
    ok = _send(_reply("200 OK", _EMPTY, tag=""))
    return f'<recv request="BYE"/>\n{ok}{_log_for(calls)}'


def _in_dialog(verb: str, value: str, calls: bool, number: int) -> str:
    method = {"bye": "BYE", "info": "INFO"}.get(verb, "INVITE")
    if calls:
        people = (
            "From: <sip:[from]@[local_ip]:[local_port]>;tag=[pid]T[call_number]\n"
            "To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]\n"
        )
        uri = "sip:[service]@[remote_ip]:[remote_port]"
    else:
        people = "From:[$called];tag=[pid]T[call_number]\nTo:[$caller]\n"
        uri = "[next_url]"

    def request(word: str, rest: str) -> str:
        return (
            f"{word} {uri} SIP/2.0\n"
            "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
            f"Max-Forwards: 70\n{people}Call-ID: [call_id]\nCSeq: {number} {word}\n{rest}"
        )

    if verb == "bye":
        sent = _send(request("BYE", _EMPTY), retrans=True)
        # Our goodbye may cross theirs.
        crossed = '<recv response="481" optional="true" next="over"/>'
        return f'{sent}\n{crossed}\n<recv response="200"/>\n<label id="over"/>{_log_for(calls)}'
    if verb == "info":
        body = f"Content-Type: application/dtmf-relay\nContent-Length: [len]\n\nSignal={value}\nDuration=160\n"
        return _send(request("INFO", body), retrans=True) + '\n<recv response="200"/>'
    direction = "sendonly" if verb == "hold" else "sendrecv"
    invite = _send(request(method, _CONTACT + _description(direction=direction)), retrans=True)
    taken = '<recv response="100" optional="true"/>\n<recv response="200" rtd="true"/>'
    return f"{invite}\n{taken}\n{_send(request('ACK', _EMPTY))}"


def _log_for(calls: bool) -> str:
    return "" if calls else _log("done")


def _caller_request(
    method: str, to_tag: str, number: int, rest: str, branch: str = "[branch]"
) -> str:
    return (
        f"{method} sip:[service]@[remote_ip]:[remote_port] SIP/2.0\n"
        f"Via: SIP/2.0/[transport] [local_ip]:[local_port];branch={branch}\n"
        "Max-Forwards: 70\n"
        "From: <sip:[from]@[local_ip]:[local_port]>;tag=[pid]T[call_number]\n"
        f"To: <sip:[service]@[remote_ip]:[remote_port]>{to_tag}\n"
        f"Call-ID: [call_id]\nCSeq: {number} {method}\n{rest}"
    )


def _call() -> str:
    offer = _CONTACT + _description("[ear]")
    return _send(_caller_request("INVITE", "", 1, offer), retrans=True)


def _take_answer() -> str:
    read = _MEDIA + "\n" + _note("up", "[ear]")
    ack = _send(_caller_request("ACK", "[peer_tag_param]", 1, _EMPTY))
    return f"""
<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="183" optional="true"/>
<recv response="200" rrs="true">{_act(read)}</recv>
<Reference variables="media_line,media"/>
{ack}"""


def _take_refusal(code: str) -> str:
    ack = _send(_caller_request("ACK", "[peer_tag_param]", 1, _EMPTY, "[branch-4]"))
    return f"""
<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="{code}"/>
{ack}"""


def _cancel() -> str:
    cancel = _send(_caller_request("CANCEL", "", 1, _EMPTY, "[branch-4]"), retrans=True)
    ack = _send(_caller_request("ACK", "[peer_tag_param]", 1, _EMPTY, "[branch-7]"))
    return f'{cancel}\n<recv response="200"/>\n<recv response="487"/>\n{ack}'
