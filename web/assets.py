"""`python -m web.assets [NODE_MODULES]`: copy the browser's libraries to `static/vendor`, with their licences.

In: `node_modules` as `package-lock.json` fixes it. Out: the few files that pages load; nothing is bundled or changed.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from web.errors import AssetsMissing
from web.static_files import STATIC_DIR

VENDOR_DIR = STATIC_DIR / "vendor"
FILES: dict[str, str] = {
    "@tabler/core/dist/css/tabler.min.css": "tabler/tabler.min.css",
    "@tabler/core/README.md": "tabler/README.md",  # it has no licence file: MIT, says the head of its css
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
    "htmx.org/dist/ext/hx-ws.min.js": "htmx/hx-ws.min.js",
    "htmx.org/LICENSE": "htmx/LICENSE",
    "sortablejs/modular/sortable.esm.js": "sortable/sortable.esm.js",
    "sortablejs/LICENSE": "sortable/LICENSE",
    "wavesurfer.js/dist/wavesurfer.esm.js": "wavesurfer/wavesurfer.esm.js",
    "wavesurfer.js/dist/plugins/regions.esm.js": "wavesurfer/regions.esm.js",
    "wavesurfer.js/LICENSE": "wavesurfer/LICENSE",
}
"""Path in `node_modules` → path in `static/vendor`."""


def copy_assets(node_modules: Path, vendor: Path = VENDOR_DIR) -> list[Path]:
    """Copy what is listed in `FILES`.

    Raises:
        AssetsMissing: A file is not in `node_modules`: `npm ci` has not run, or a library moved it.
    """
    copied = []
    for source, target in FILES.items():
        path = node_modules / source
        if not path.is_file():
            raise AssetsMissing(str(path))
        destination = vendor / target
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, destination)
        copied.append(destination)
    return copied


def require_assets(vendor: Path = VENDOR_DIR) -> None:
    """Check before the start that pages will find their libraries.

    Raises:
        AssetsMissing: Says which file is missing and how to get it.
    """
    for target in FILES.values():
        if not (vendor / target).is_file():
            raise AssetsMissing(str(vendor / target))


def main(arguments: list[str]) -> int:
    """Copy, and say how much."""
    where = Path(arguments[0]) if arguments else Path("node_modules")
    try:
        copied = copy_assets(where)
    except AssetsMissing as error:
        sys.stderr.write(f"{error.path} is missing: run `npm ci --ignore-scripts` first\n")
        return 1
    sys.stderr.write(f"{len(copied)} files copied to {VENDOR_DIR}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
