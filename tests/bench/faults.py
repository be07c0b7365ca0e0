"""Is a call ever lost, doubled or told wrongly? Calls through a real Asterisk while everything around them breaks.

Mixed shapes (direct, groups, queues, voicemail, a menu, outgoing, transfers, clicks to call) by sipp, while the AMI
connection is cut, Slovo is killed with `kill -9`, Asterisk is restarted and the database is locked. Each call has a client
number of its own; the truth is the plan, as far as the phones say that they kept to it.

    python tests/bench/faults.py --calls 1000 --rate 10 --together 60 --seed 1 --faults cut,kill,restart,lock
    python tests/bench/faults.py --calls 30 --rate 3 --faults cut --keep runs/cut

Exit code 1 if an aim is missed: nothing lost, doubled or endless, no false missed-call task, no wrong outcome among calls
that were seen live or by a resync.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1])]

from support.fault_judge import FAULTS  # noqa: E402
from support.fault_kinds import PER_THOUSAND  # noqa: E402
from support.fault_run import Order, Run, run  # noqa: E402

SEEN = ("live", "resync")


def main() -> None:
    """Run, print, and exit with 1 if an aim is missed."""
    order, keep, as_json = _arguments()
    with ExitStack() as stack:
        folder = keep or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="slovo-faults-"))
        )
        folder.mkdir(parents=True, exist_ok=True)
        report = report_of(run(order, folder))
    print(json.dumps(report, indent=2, default=str) if as_json else as_text(report))
    sys.exit(0 if report["passed"] else 1)


def _arguments() -> tuple[Order, Path | None, bool]:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=10.0, help="calls per second")
    parser.add_argument("--together", type=int, default=60, help="calls at once, at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", default=",".join(PER_THOUSAND), help='of these; "" for none')
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--keep", type=Path, help="empty directory for traces, logs and rows")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    kinds = tuple(filter(None, args.faults.split(",")))
    if unknown := set(kinds) - set(PER_THOUSAND):
        parser.error(
            f"no such faults: {', '.join(sorted(unknown))}; there are {', '.join(PER_THOUSAND)}"
        )
    order = Order(args.calls, args.rate, args.together, args.seed, kinds, args.database)
    return order, args.keep, args.json


def report_of(made: Run) -> dict[str, Any]:
    """What the run showed, for JSON."""
    judged = made.judgement
    aims = {
        "lost": judged.count("lost"),
        "doubled": judged.count("doubled"),
        "never ended": judged.count("never ended"),
        "false task": judged.count("false task"),
        "wrong outcome, live or resync": judged.count("wrong outcome", *SEEN),
    }
    return {
        "order": asdict(made.order),
        "took_s": round(made.took_s, 1),
        "together": made.together,
        "faults": [asdict(fault) for fault in made.diary],
        "truths": dict(judged.truths),
        "not_kept": dict(judged.not_kept),
        "in_cdr": judged.in_cdr,
        "gone_with_asterisk": judged.gone,
        "sources": dict(judged.sources),
        "found": {
            fault: {source or "none": judged.count(fault, source) for source in _sources(made)}
            for fault in FAULTS
        },
        "reconciled": made.reconciled,
        "findings": [asdict(finding) for finding in judged.findings],
        "aims": aims,
        "passed": not any(aims.values()),
    }


def _sources(made: Run) -> list[str]:
    return sorted({*made.judgement.sources, *(f.source for f in made.judgement.findings)})


def as_text(report: dict[str, Any]) -> str:
    """The table."""
    truths, order = report["truths"], report["order"]
    kinds = [fault["kind"] for fault in report["faults"]]
    faults = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds)) or "none"
    sources = ", ".join(f"{count} {name}" for name, count in report["sources"].items())
    lines = [
        f"{order['calls']} calls in {report['took_s']} s, at most {report['together']} at once, on "
        f"{order['database']}, seed {order['seed']}; faults: {faults}",
        f"kept to the plan {truths.get('kept', 0)}, cut by a restart of Asterisk {truths.get('cut', 0)}, "
        f"plan not kept {truths.get('not kept', 0)} {report['not_kept'] or ''}, not made {truths.get('not made', 0)}",
        f"Asterisk's own record knows {report['in_cdr']}; gone with Asterisk {report['gone_with_asterisk']}; "
        f"source: {sources}",
        f"slovo reconcile: {report['reconciled']}",
        "",
    ]
    for fault, by_source in report["found"].items():
        found = ", ".join(f"{count} {source}" for source, count in by_source.items() if count)
        lines.append(f"{fault:16} {sum(by_source.values()):4}  {found}")
    for finding in report["findings"][:20]:
        row = finding["row"] or {}
        lines.append(
            f"  {finding['fault']}: {finding['client']} {finding['shape']!r} truth {finding['truth']} "
            f"was {row.get('outcome')} by {row.get('answered_by')} ({finding['source']}) {row.get('linkedid')}"
        )
    lines += ["", "passed" if report["passed"] else f"MISSED: {report['aims']}"]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
