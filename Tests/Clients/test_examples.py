"""The examples of Server/Examples, as far as they run without the platforms that they are for."""

import importlib.util
import os
import sys
import types
import unittest

import requests

import server

EXAMPLES = server.ROOT / "Server/Examples"


def load(name):
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Generic:
    def __class_getitem__(cls, parameters):
        return cls


class Osprey(unittest.TestCase):
    def test_the_function_with_stand_ins_for_the_classes(self):
        members = {
            "osprey.engine.executor.execution_context": {"ExecutionContext": object},
            "osprey.engine.udf.arguments": {"ArgumentsBase": object},
            "osprey.engine.udf.base": {"UDFBase": Generic},
            "osprey.worker.adaptor.plugin_manager": {"hookimpl_osprey": lambda function: function},
        }
        for path, values in members.items():
            parts = path.split(".")
            for end in range(1, len(parts) + 1):
                name = ".".join(parts[:end])
                sys.modules.setdefault(name, types.ModuleType(name))
            vars(sys.modules[path]).update(values)
        os.environ["MODERATE_URL"], os.environ["MODERATE_KEY"] = server.start(), server.KEY
        (function,) = load("osprey_plugin").register_udfs()
        score = function().execute(None, types.SimpleNamespace(text="the cat", label="hate"))
        self.assertEqual(score, verdict("the cat")["labels"]["hate"]["score"])


class Ozone(unittest.TestCase):
    def test_the_event_of_a_flagged_post(self):
        ozone = load("ozone")
        model = requests.get(server.start() + "/v1/models", headers=HEADERS).json()["data"][0]
        item = {"uri": "at://did:plc:a/app.bsky.feed.post/b", "cid": "bafy", "text": "the cat"}
        event = ozone.event(item, verdict("the cat"), model, "did:plc:me")
        self.assertEqual(event["subject"]["uri"], item["uri"])
        self.assertTrue(event["externalId"].startswith("bafy-"))
        self.assertIn("hate 0.", event["event"]["comment"])
        calm = {"labels": {"hate": {"score": 0.1, "flagged": False}}}
        self.assertIsNone(ozone.event(item, calm, model, "did:plc:me"))


HEADERS = {"Authorization": f"Bearer {server.KEY}"}


def verdict(text):
    return requests.post(
        server.start() + "/v1/moderate", json={"text": text}, headers=HEADERS
    ).json()


if __name__ == "__main__":
    unittest.main()
