"""A server process that never finishes what it writes, and waits there to be killed.

    python writes_until_killed.py PORT FAULT

Each reply is begun, with a stream's first words or the first half of a body, and then nothing
more comes. A line on standard output says so. With the fault `good` it is a good server.
"""

from __future__ import annotations

import json
import sys
import threading

from faults.server import Behaviour, Call, FaultServer, chunk, completion, good, head, verdicts


def stuck(call: Call) -> None:
    """Begin a reply, say so, and stay in the middle of it."""
    if call.is_stream:
        call.send(
            head("200 OK", **{"Content-Type": "text/event-stream"}) + chunk("All right, let us ")
        )
    else:
        body = json.dumps(completion(json.dumps(verdicts(call)))).encode()
        length = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        call.send(head("200 OK", **length) + body[: len(body) // 2])
    print("writing", flush=True)
    call.hang()


def main(port: int, fault: str) -> None:
    behaviours: dict[str, Behaviour] = {"model": good if fault == "good" else stuck}
    with FaultServer(behaviours, port=port):
        print("ready", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
