from support.live import pop

from web.live.pops import MAX_CARDS, PopBoard, PopState

ANNA, BORIS = 1, 2


def states(board: PopBoard, user: int) -> list[PopState]:
    return [card.state for card in board.of(user)]


def test_ringing_phone_shows_a_card_to_its_people_only() -> None:
    board = PopBoard()
    assert board.shown(pop("1.1", "101"), [ANNA]) == {ANNA}
    assert states(board, ANNA) == [PopState.RINGING]
    assert board.of(BORIS) == []


def test_two_phones_of_one_person_give_one_card_until_both_are_quiet() -> None:
    board = PopBoard()
    board.shown(pop("1.1", "101"), [ANNA])
    board.shown(pop("1.1", "201"), [ANNA])
    key = board.of(ANNA)[0].key
    board.withdrawn(key, "101", "timeout")
    assert states(board, ANNA) == [PopState.RINGING]
    board.withdrawn(key, "201", "timeout")
    assert states(board, ANNA) == [PopState.WITHDRAWN]


def test_answer_on_the_second_phone_of_a_person_is_answered_here() -> None:
    board = PopBoard()
    board.shown(pop("1.1", "101"), [ANNA])
    board.shown(pop("1.1", "201"), [ANNA])
    key = board.of(ANNA)[0].key
    board.withdrawn(key, "101", "answered_elsewhere", "201")
    board.withdrawn(key, "201", "answered_here")
    assert states(board, ANNA) == [PopState.ANSWERED]


def test_answered_elsewhere_says_by_whom() -> None:
    board = PopBoard()
    board.shown(pop("1.1", "101"), [ANNA])
    board.shown(pop("1.1", "102"), [BORIS])
    key = board.of(ANNA)[0].key
    board.withdrawn(key, "102", "answered_here", users=[BORIS])
    board.withdrawn(key, "101", "answered_elsewhere", "102", users=[ANNA])
    assert board.of(ANNA)[0].answered_by == "102"
    assert states(board, ANNA) == [PopState.WITHDRAWN]
    assert states(board, BORIS) == [PopState.ANSWERED]


def test_card_ends_also_for_who_lost_the_phone_while_it_rang() -> None:
    board = PopBoard()
    board.shown(pop("1.1", "101"), [ANNA])
    key = board.of(ANNA)[0].key
    assert board.withdrawn(key, "101", "answered_here", users=[BORIS]) == {ANNA}
    assert states(board, ANNA) == [PopState.WITHDRAWN]


def test_queue_rings_again_and_the_withdrawn_card_comes_back() -> None:
    board = PopBoard()
    board.shown(pop("1.1", "101"), [ANNA])
    key = board.of(ANNA)[0].key
    board.withdrawn(key, "101", "timeout")
    board.shown(pop("1.1", "101"), [ANNA])
    assert states(board, ANNA) == [PopState.RINGING]


def test_number_learned_later_replaces_the_first_one() -> None:
    board = PopBoard()
    board.shown(pop("1.1", "101", number=""), [ANNA])
    board.shown(pop("1.1", "101", number="+79161234567"), [ANNA])
    assert [card.number for card in board.of(ANNA)] == ["+79161234567"]


def test_cards_are_bounded_and_ringing_ones_stay() -> None:
    board = PopBoard()
    for number in range(MAX_CARDS):
        board.shown(pop(f"1.{number}", "101"), [ANNA])
        board.withdrawn(board.of(ANNA)[0].key, "101", "answered_here")
    board.shown(pop("2.1", "101"), [ANNA])
    board.shown(pop("2.2", "101"), [ANNA])
    cards = board.of(ANNA)
    assert len(cards) == MAX_CARDS
    assert [card.call for card in cards[:2]] == ["2.2", "2.1"]


def test_closed_card_is_gone() -> None:
    board = PopBoard()
    board.shown(pop("1.1", "101"), [ANNA])
    assert board.close(ANNA, board.of(ANNA)[0].key)
    assert not board.close(ANNA, "nothing")
    assert board.of(ANNA) == []
