import pytest
from starlette.datastructures import Headers
from structlog.testing import capture_logs
from support.web import PASSWORD, Site

from web.security import content_security_policy, is_same_origin, path_for_log


def scope(**headers: str) -> dict[str, object]:
    raw = Headers({name.replace("_", "-"): value for name, value in headers.items()}).raw
    return {"type": "http", "headers": raw}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"host": "crm.example", "origin": "https://crm.example"}, True),
        ({"host": "CRM.example", "origin": "http://crm.EXAMPLE"}, True),
        ({"host": "crm.example:8000", "origin": "http://crm.example:8000"}, True),
        ({"host": "crm.example", "origin": "https://evil.example"}, False),
        ({"host": "crm.example", "origin": "https://crm.example.evil.example"}, False),
        ({"host": "crm.example", "origin": "http://crm.example:81"}, False),
        ({"host": "crm.example", "origin": "null"}, False),
        ({"host": "crm.example", "origin": ""}, False),
        ({"host": "crm.example", "origin": "http://["}, False),
        ({"host": "crm.example"}, False),
        ({"host": "crm.example", "origin": "https://crm.example", "sec_fetch_site": "same-site"}, False),
        ({"host": "crm.example", "origin": "https://crm.example", "sec_fetch_site": "cross-site"}, False),
        ({"host": "crm.example", "origin": "https://crm.example", "sec_fetch_site": "same-origin"}, True),
    ],
)  # fmt: skip
def test_origin_decides_whether_a_request_is_ours(headers: dict[str, str], expected: bool) -> None:
    assert is_same_origin(scope(**headers)) is expected


def test_policy_allows_nothing_inline_and_nothing_foreign() -> None:
    policy = content_security_policy("")
    assert "unsafe" not in policy
    assert "nonce" not in policy
    assert policy.startswith("default-src 'none'")
    assert "'nonce-abc'" in content_security_policy("abc")


async def test_every_answer_carries_the_policy_errors_too(site: Site) -> None:
    client = await site.client("anna")
    for path in ("/", "/nothing", "/admin", "/static/css/app.css", "/static/none.css"):
        answer = await client.get(path)
        assert answer.headers["content-security-policy"].startswith("default-src 'none'"), path
        assert answer.headers["x-content-type-options"] == "nosniff", path


async def test_pages_are_not_kept_by_caches(site: Site) -> None:
    client = await site.client("anna")
    assert (await client.get("/")).headers["cache-control"] == "no-store"


async def test_form_from_a_foreign_page_is_refused(site: Site) -> None:
    client = await site.client("anna")
    for origin in ("https://evil.example", ""):
        answer = await client.post("/notes", data={"text": "x"}, headers={"origin": origin})
        assert answer.status_code == 403
        assert "This request" not in answer.text


async def test_body_without_end_is_refused(site: Site) -> None:
    client = await site.client("anna")
    answer = await client.post("/notes", data={"text": "x" * 1_100_000})
    assert answer.status_code == 413


async def test_session_cookie_is_out_of_reach_for_scripts(site: Site) -> None:
    client = await site.client()
    answer = await client.post("/login", data={"login": "anna", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert not cookie.startswith("__host-")


async def test_https_gives_a_host_bound_secure_cookie(site: Site) -> None:
    client = await site.client()
    answer = await client.post(
        "https://testserver/login",
        data={"login": "anna", "password": PASSWORD},
        headers={"origin": "https://testserver"},
    )
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-slovo_session=")
    assert "secure" in cookie.lower()


async def test_visitor_who_leaves_in_the_middle_of_a_form_is_no_fault_of_ours(site: Site) -> None:
    sent: list[object] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    async def send(message: object) -> None:
        sent.append(message)

    headers = {
        "host": "a",
        "origin": "http://a",
        "content-type": "application/x-www-form-urlencoded",
    }
    with capture_logs() as logs:
        await site.app(
            {"type": "http", "method": "POST", "path": "/login", "raw_path": b"/login", "scheme": "http",
             "query_string": b"", "server": ("a", 80), "client": ("127.0.0.1", 1),
             "headers": Headers(headers).raw},
            receive, send,
        )  # fmt: skip
    assert sent == []
    assert [log for log in logs if log["log_level"] == "error"] == []


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/clips/aSECRET", "/clips/…"),
        ("/clips/aSECRET/sound", "/clips/…/sound"),
        ("/calls/7/clips", "/calls/7/clips"),
        ("/clips", "/clips"),
    ],
)
def test_token_of_a_shared_clip_stands_in_no_log(path: str, logged: str) -> None:
    assert path_for_log(path) == logged
