"""A function for Osprey's rules: the score of a label, from moderate-server.

    Insult: float = ModerationScore(text=PostText, label='offensive')

In a package, with the entry point `osprey_plugin`. Osprey calls it once for each place in the rules; a
place that is behind `require_if` asks the server only where it is needed. MODERATE_URL and MODERATE_KEY say
where the server is.
"""

import json
import os
import urllib.request

from osprey.engine.executor.execution_context import ExecutionContext
from osprey.engine.udf.arguments import ArgumentsBase
from osprey.engine.udf.base import UDFBase
from osprey.worker.adaptor.plugin_manager import hookimpl_osprey


class Arguments(ArgumentsBase):
    text: str
    label: str


class ModerationScore(UDFBase[Arguments, float]):
    """The score of one label of the served model, from 0 to 1."""

    # It waits for the server, and other places of the rules need not wait for it.
    execute_async = True

    def execute(self, execution_context: ExecutionContext, arguments: Arguments) -> float:
        headers = {"content-type": "application/json"}
        if key := os.environ.get("MODERATE_KEY"):
            headers["authorization"] = f"Bearer {key}"
        request = urllib.request.Request(
            os.environ.get("MODERATE_URL", "http://localhost:8080") + "/v1/moderate",
            json.dumps({"text": arguments.text}).encode(),
            headers,
        )
        with urllib.request.urlopen(request, timeout=2) as answer:
            return json.load(answer)["labels"][arguments.label]["score"]


@hookimpl_osprey
def register_udfs():
    return [ModerationScore]
