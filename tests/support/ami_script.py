"""AMI traffic written by hand: a few lines per scenario, in the words of a switch."""

from datetime import UTC, datetime, timedelta

from pbx.trace import TimedMessage

NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class AmiScript:
    """Collects messages. Channels are named by the caller ("PJSIP/101-00000001"); uniqueids count up from 100.0."""

    def __init__(self) -> None:
        self.messages: list[TimedMessage] = []
        self.seconds = 0.0
        self.ids: dict[str, str] = {}
        self.linked: dict[str, str] = {}
        self.number: dict[str, str] = {}
        self.exten: dict[str, str] = {}
        self.state: dict[str, int] = {}

    def wait(self, seconds: float) -> "AmiScript":
        self.seconds += seconds
        return self

    def say(self, event: str, **headers: object) -> "AmiScript":
        texts = {name: str(value) for name, value in headers.items()}
        at = NOON + timedelta(seconds=self.seconds)
        self.messages.append(TimedMessage({"Event": event, **texts}, at))
        return self

    def snapshot(self, name: str, prefix: str = "") -> dict[str, str]:
        fields = {
            "Channel": name,
            "ChannelState": self.state[name],
            "CallerIDNum": self.number[name] or "<unknown>",
            "CallerIDName": "<unknown>",
            "ConnectedLineNum": "<unknown>",
            "Exten": self.exten[name],
            "Context": "default",
            "Uniqueid": self.ids[name],
            "Linkedid": self.linked[name],
        }
        return {prefix + field: str(value) for field, value in fields.items()}

    def new(
        self, name: str, number: str = "", exten: str = "s", state: int = 0, of: str = ""
    ) -> "AmiScript":
        """A channel exists, in the group of channel `of` or in one of its own."""
        self.ids[name] = f"1795000000.{100 + len(self.ids)}"
        self.linked[name] = self.linked[of] if of else self.ids[name]
        self.number[name], self.exten[name], self.state[name] = number, exten, state
        return self.say("Newchannel", **self.snapshot(name))

    def calls_in(self, name: str, number: str, exten: str) -> "AmiScript":
        """A channel that comes to the switch by itself."""
        return self.new(name, number, exten, state=4)

    def local(self, name: str, of: str) -> "AmiScript":
        """Both halves of a Local channel."""
        exten = name.partition("/")[2].partition("@")[0]
        self.new(f"{name};1", exten=exten, of=of)
        self.new(f"{name};2", exten=exten, state=4, of=of)
        halves = self.snapshot(f"{name};1", "LocalOne") | self.snapshot(f"{name};2", "LocalTwo")
        return self.say("LocalBridge", **halves)

    def dial(self, caller: str, dest: str, string: str = "") -> "AmiScript":
        by = self.snapshot(caller) if caller else {}
        return self.say("DialBegin", **by, **self.snapshot(dest, "Dest"), DialString=string)

    def ring(self, name: str) -> "AmiScript":
        self.state[name] = 5
        return self.say("Newstate", **self.snapshot(name))

    def up(self, name: str) -> "AmiScript":
        self.state[name] = 6
        return self.say("Newstate", **self.snapshot(name))

    def dial_end(self, caller: str, dest: str, status: str) -> "AmiScript":
        by = self.snapshot(caller) if caller else {}
        return self.say("DialEnd", **by, **self.snapshot(dest, "Dest"), DialStatus=status)

    def enter(self, bridge: str, *names: str, kind: str = "basic") -> "AmiScript":
        for name in names:
            headers = self.snapshot(name)
            self.say("BridgeEnter", **headers, BridgeUniqueid=bridge, BridgeType=kind)
        return self

    def leave(self, bridge: str, *names: str) -> "AmiScript":
        for name in names:
            self.say("BridgeLeave", **self.snapshot(name), BridgeUniqueid=bridge)
        return self

    def wants_to_hang_up(self, name: str, cause: int = 16) -> "AmiScript":
        return self.say("HangupRequest", **self.snapshot(name), Cause=cause)

    def hangup(self, *names: str, cause: int = 16) -> "AmiScript":
        for name in names:
            self.say("Hangup", **self.snapshot(name), Cause=cause)
        return self
