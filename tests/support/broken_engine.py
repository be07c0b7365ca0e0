"""A speech engine's process for tests that is alive and does what its argument says: `python broken_engine.py HOW`."""

import json
import os
import sys
import time

RESULT = {
    "duration_s": 1.0,
    "cpu_s": 0.1,
    "engine": {"name": "fake", "version": "1", "model": "m", "rate_hz": 16000},
    "channels": [],
}


def say(**reply: object) -> None:
    print(json.dumps(reply), flush=True)


def main(how: str) -> None:
    if how == "dies loading":
        sys.stderr.write("ASSERTION_FAILED while loading\n")
        sys.stderr.flush()
        os.abort()
    if how == "refuses the model":
        say(broken="Failed to create a model")
        return
    say(ready=True)
    for _ in sys.stdin:
        if how == "aborts":
            sys.stderr.write("ASSERTION_FAILED (online-nnet3-decoding.cc) queue_.empty()\n")
            sys.stderr.flush()
            os.abort()
        if how == "hangs":
            time.sleep(3600)
        if how == "talks nonsense":
            print("LOG (VoskAPI) hello", flush=True)
        if how == "fails":
            say(failed="Exception: Failed to process waveform")
        if how == "tells its process":
            say(result=RESULT | {"duration_s": float(os.getpid())})


main(sys.argv[1])
