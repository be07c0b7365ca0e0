import pytest

from pbx.causes import refusal
from pbx.endpoint_ties import EndpointTies
from pbx.events import RingResult
from pbx.numbers import (
    Endpoints,
    device_extension,
    dialled_number,
    endpoint_of,
    is_technical,
    sent_number,
)


@pytest.mark.parametrize(
    ("channel", "endpoint"),
    [
        ("PJSIP/101-0000001a", "101"),
        ("SIP/74951230001-0000001a", "74951230001"),
        ("PJSIP/anna-desk-00000002", "anna-desk"),
        ("SIP/101-0000001a<ZOMBIE>", "101"),
        ("IAX2/office-1234", "office"),
        ("DAHDI/i1/79161234567-3", "i1"),
        ("Local/101@from-queue-00000000;1", "101@from-queue"),
        ("PJSIP/anna-desk", "anna-desk"),
    ],
)
def test_endpoint_of_channel(channel, endpoint):
    assert endpoint_of(channel) == endpoint


@pytest.mark.parametrize(
    ("dial_string", "number"),
    [
        ("101", "101"),
        ("79161234567@trunk", "79161234567"),
        ("PJSIP/79161234567@trunk", "79161234567"),
        ("trunk/79161234567", "79161234567"),
        ("trunk/sip:+79161234567@192.0.2.1", "+79161234567"),
        ("g0/89161234567", "89161234567"),
        ("anna-desk", ""),
        ("", ""),
    ],
)
def test_number_of_dial_string(dial_string, number):
    assert dialled_number(dial_string) == number


@pytest.mark.parametrize(
    ("device", "extension"),
    [
        ("PJSIP/101", "101"),
        ("Local/102@from-queue/n", "102"),
        ("PJSIP/trunk", ""),
        ("nonsense", ""),
    ],
)
def test_extension_of_device(device, extension):
    assert device_extension(device, Endpoints()) == extension


@pytest.mark.parametrize("word", ["anonymous", "Anonymous", "unknown", "restricted"])
def test_word_for_a_withheld_number_is_no_number(word):
    assert sent_number(word) == ""


@pytest.mark.parametrize(
    "channel", ["Local/1@a-1;1", "Message/ast_msg_queue", "Announcer/ARI-1", "x"]
)
def test_part_of_the_switch_is_no_person(channel):
    assert is_technical(channel)


def test_endpoint_that_showed_an_outside_number_stays_a_trunk():
    ties = EndpointTies(Endpoints())
    ties.learn("PJSIP/city-1", "900", "internal")
    assert ties.extension_of("PJSIP/city-2") == "900"
    ties.learn("PJSIP/city-2", "79161234567", "internal")
    ties.learn("PJSIP/city-3", "900", "internal")
    assert ties.extension_of("PJSIP/city-3") == ""


def test_context_of_a_trunk_ties_no_extension():
    ties = EndpointTies(Endpoints())
    ties.learn("PJSIP/city-1", "900", "from-trunk")
    assert ties.extension_of("PJSIP/city-1") == ""


def test_endpoint_named_as_extension_is_not_tied_to_the_number_it_shows():
    ties = EndpointTies(Endpoints())
    ties.learn("PJSIP/101-1", "100", "internal")
    assert ties.extension_of("PJSIP/101-2") == "101"


def test_device_tied_to_an_extension_is_found_by_its_name():
    ties = EndpointTies(Endpoints())
    ties.learn("PJSIP/anna-desk-1", "101", "internal")
    assert ties.device("PJSIP/anna-desk") == "101"


@pytest.mark.parametrize(
    ("status", "cause", "rang", "outside", "result"),
    [
        ("NOANSWER", 21, True, False, RingResult.DECLINED),
        ("BUSY", 17, True, False, RingResult.DECLINED),
        ("NOANSWER", 17, False, False, RingResult.BUSY),
        ("BUSY", 0, False, True, RingResult.BUSY),
        ("NOANSWER", 19, False, False, RingResult.UNAVAILABLE),
        ("NOANSWER", 19, True, False, RingResult.TIMEOUT),
        ("NOANSWER", 0, True, False, RingResult.TIMEOUT),
        ("NOANSWER", 1, False, True, RingResult.FAILED),
        ("CONGESTION", 34, False, True, RingResult.FAILED),
        ("CHANUNAVAIL", 0, False, False, RingResult.UNAVAILABLE),
    ],
)
def test_refusal_by_status_and_cause(status, cause, rang, outside, result):
    assert refusal(status, cause, rang=rang, outside=outside) is result


@pytest.mark.parametrize("dialled", ["84951230000", "+74951230000", "4951230000"])
def test_own_number_is_known_however_it_is_dialled(dialled):
    assert Endpoints(own_numbers=("+7 (495) 123-00-00",)).is_own(dialled)


@pytest.mark.parametrize("dialled", ["", "101", "74951230001", "anonymous"])
def test_other_numbers_are_not_own(dialled):
    assert not Endpoints(own_numbers=("+7 (495) 123-00-00", "none")).is_own(dialled)
