"""Which speech models are installed, for the administration page."""

from __future__ import annotations

import asyncio

from calls.transcripts.models import InstalledModel, ModelStore
from web.services import Services


async def installed_models(services: Services) -> list[InstalledModel]:
    """What `slovo models list` calls installed; the folder is read in a thread."""
    store = ModelStore(services.settings.data_dir / "models")
    return await asyncio.to_thread(store.installed)
