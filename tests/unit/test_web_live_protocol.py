import json

from web.live.protocol import DELTA, SNAPSHOT, frame, pops_part


def test_frame_with_everything_is_the_json_that_the_page_reads() -> None:
    html = '<article id="pop-a">«Ромашка» & "co"</article>'
    pops = pops_part(["a", "b"], {"a": json.dumps(html, ensure_ascii=False)})
    assert json.loads(frame(DELTA, 7, ["<i>1</i>", "<b>2</b>"], {"task", "call"}, pops=pops)) == {
        "kind": "delta",
        "seq": 7,
        "topics": ["call", "task"],
        "pops": {"order": ["a", "b"], "cards": {"a": html}},
        "content": "<i>1</i>\n<b>2</b>",
    }


def test_empty_parts_are_absent() -> None:
    assert json.loads(frame(SNAPSHOT, 0)) == {"kind": "snapshot", "seq": 0, "topics": []}


def test_last_card_put_away_leaves_an_empty_order() -> None:
    assert json.loads(frame(DELTA, 1, pops=pops_part([], {})))["pops"] == {"order": [], "cards": {}}
