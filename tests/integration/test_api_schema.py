"""Whatever a program sends, allowed by the OpenAPI document or not, the API answers as the document says."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import (
    missing_required_header,
    positive_data_acceptance,
    unsupported_method,
)
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.schemas import APIOperation
from support.clients import client
from support.threaded_server import ThreadedServer, threaded_server

from crm import agents, api_tokens, deals, funnels
from crm.access import SYSTEM
from crm.api_tokens import SCOPES
from crm.deals import DealFields
from web.api.openapi import document
from web.api.resources import all_operations

EXAMPLES = 8
_NOT_ASKED = [missing_required_header, positive_data_acceptance, unsupported_method]
"""The test always sends its token; no schema says that a checksum is right or that a cursor is ours; methods are tried in
`test_web_api`."""
_CONFIG = SchemathesisConfig(
    projects=ProjectsConfig(
        default=ProjectConfig(generation=GenerationConfig(allow_x00=False)),
    )
)
SCHEMA = schemathesis.openapi.from_dict(document(all_operations()), config=_CONFIG)
OPERATIONS = {one.ok().label: one.ok() for one in SCHEMA.get_all_operations()}


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[ThreadedServer]:
    with threaded_server(database_url, tmp_path) as running:
        yield running


async def _prepare(server: ThreadedServer) -> str:
    """Some rows to be found, and a token that may everything."""
    firm = await client(server.db, "ООО Ромашка", "+7 495 000-00-77", kind="organisation")
    await client(server.db, "Анна", "+7 916 000-00-01", organisation_id=firm)
    async with server.db.write() as session:
        await funnels.ensure(session, "en")
        await deals.create(session, SYSTEM, DealFields(name="Roof", client_id=firm))
        root = await agents.actor_for(session, await agents.by_login(session, "root"))
        return (await api_tokens.add(session, root, "test", SCOPES)).secret


def test_api_answers_as_its_document_says(server: ThreadedServer) -> None:
    headers = {"Authorization": f"Bearer {server.run(_prepare(server))}"}

    def check(operation: APIOperation, mode: GenerationMode) -> None:
        known = {one.name: "1" for one in operation.path_parameters} or None

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(mode, path_parameters=known))
        def send(case: schemathesis.Case) -> None:
            answer = case.call(base_url=server.url, headers=headers, timeout=20)
            case.validate_response(answer, excluded_checks=_NOT_ASKED)

        send()

    for operation in OPERATIONS.values():
        check(operation, GenerationMode.POSITIVE)
        has_input = bool(operation.body) or bool(operation.query)
        if has_input:
            check(operation, GenerationMode.NEGATIVE)
