"""Who is on a card: told to the others, over processes, and forgotten when a process dies."""

from crm.access import Actor, Role
from web.live.presence import GONE_AFTER_S, Other, Place, PresenceBoard, place_of

ANNA = Actor(user_id=1, login="anna", name="Anna", role=Role.OPERATOR)
MILA = Actor(user_id=2, login="mila", name="Mila", role=Role.MANAGER)


class Rig:
    """Two processes that hear each other, and a clock."""

    def __init__(self) -> None:
        self.now = 100.0
        self.changes: list[set[int]] = []
        self.here = PresenceBoard(self.changes.append, lambda: self.now)
        self.there = PresenceBoard(lambda _ids: None, lambda: self.now)
        self.connected = True
        self.here.send = self.there.send = self.send

    def send(self, notice: object) -> None:
        assert isinstance(notice, dict)
        self.here.receive(notice)
        if self.connected:
            self.there.receive(notice)


def test_view_names_the_card_and_whether_it_is_edited() -> None:
    assert place_of("client_12") == Place(12)
    assert place_of("client_12_edit") == Place(12, editing=True)
    assert [place_of(view) for view in ("page", "client_", "client_x", "client_1_2")] == [None] * 4


def test_others_are_seen_and_oneself_is_not() -> None:
    rig = Rig()
    rig.here.enter(1, ANNA, Place(12))
    rig.there.enter(1, MILA, Place(12, editing=True))
    assert rig.here.others(12, ANNA.user_id) == (Other(2, "Mila", True),)
    assert rig.there.others(12, MILA.user_id) == (Other(1, "Anna", False),)
    assert rig.here.others(13, ANNA.user_id) == ()


def test_two_pages_of_one_person_are_one_who_edits() -> None:
    rig = Rig()
    rig.there.enter(1, MILA, Place(12, editing=True))
    rig.there.enter(2, MILA, Place(12))
    assert rig.here.others(12, ANNA.user_id) == (Other(2, "Mila", True),)
    rig.there.leave(1)
    assert rig.here.others(12, ANNA.user_id) == (Other(2, "Mila", False),)
    rig.there.leave(2)
    assert rig.here.others(12, ANNA.user_id) == ()


def test_pages_of_a_dead_process_are_forgotten_and_own_ones_never() -> None:
    rig = Rig()
    rig.here.enter(1, ANNA, Place(12))
    rig.there.enter(1, MILA, Place(12))
    rig.now += GONE_AFTER_S + 1
    rig.here.beat()
    assert rig.here.others(12, 0) == (Other(1, "Anna", False),)
    assert rig.changes[-1] == {12}


def test_beat_keeps_pages_alive_and_rings_nobody() -> None:
    rig = Rig()
    rig.there.enter(1, MILA, Place(12))
    rung = len(rig.changes)
    for _ in range(4):
        rig.now += GONE_AFTER_S / 2
        rig.there.beat()
        rig.here.beat()
    assert rig.here.others(12, ANNA.user_id) == (Other(2, "Mila", False),)
    assert len(rig.changes) == rung
