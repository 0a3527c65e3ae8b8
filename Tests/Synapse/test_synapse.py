"""A real homeserver with its spam checker: Synapse asks moderate-server about every message.

    make synapse

runs it in an environment that has requirements.txt. MODERATE_SERVER names the program.
"""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).parents[2]
PROGRAM = os.environ.get("MODERATE_SERVER", ROOT / "Server/.build/debug/moderate-server")
KEY = "synapse-key"

CONFIGURATION = """
server_name: localhost
pid_file: {folder}/homeserver.pid
listeners:
  - port: {port}
    type: http
    tls: false
    bind_addresses: ["127.0.0.1"]
    resources: [{{names: [client], compress: false}}]
database: {{name: sqlite3, args: {{database: "{folder}/homeserver.db"}}}}
log_config: {folder}/log.yaml
media_store_path: {folder}/media
signing_key_path: {folder}/signing.key
trusted_key_servers: []
report_stats: false
enable_registration: true
enable_registration_without_verification: true
macaroon_secret_key: test
form_secret: test
rc_message: {{per_second: 1000, burst_count: 1000}}
modules:
  - module: synapse_http_antispam.HTTPAntispam
    config:
      base_url: http://127.0.0.1:{moderate}/api/1/spam_check
      authorization: {key}
      do_ping: true
      enabled_callbacks: [check_event_for_spam]
"""
LOG = """
version: 1
handlers: {{file: {{class: logging.FileHandler, filename: {folder}/homeserver.log}}}}
root: {{level: INFO, handlers: [file]}}
"""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Homeserver(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.moderate = free_port()
        cls.port = free_port()
        cls.server = None
        cls.start_server()
        cls.addClassCleanup(cls.stop_server)
        values = dict(folder=cls.folder, port=cls.port, moderate=cls.moderate, key=KEY)
        (cls.folder / "homeserver.yaml").write_text(CONFIGURATION.format(**values))
        (cls.folder / "log.yaml").write_text(LOG.format(**values))
        synapse = [sys.executable, "-m", "synapse.app.homeserver", "-c", "homeserver.yaml"]
        subprocess.run([*synapse, "--generate-keys"], cwd=cls.folder, check=True)
        process = subprocess.Popen(synapse, cwd=cls.folder)
        cls.addClassCleanup(process.wait)
        cls.addClassCleanup(process.terminate)
        cls.until(lambda: cls.call("GET", "/_matrix/client/versions")[0] == 200, process)
        body = {"username": "alice", "password": "secret", "auth": {"type": "m.login.dummy"}}
        cls.token = None
        cls.token = cls.call("POST", "/_matrix/client/v3/register", body)[1]["access_token"]
        cls.room = cls.call("POST", "/_matrix/client/v3/createRoom", {})[1]["room_id"]

    @classmethod
    def start_server(cls, *options):
        cls.log = open(cls.folder / f"server-{time.monotonic_ns()}.log", "w+")
        cls.server = subprocess.Popen(
            [PROGRAM, "--port", str(cls.moderate), "--api-key", f"synapse={KEY}", *options],
            stderr=cls.log,
        )
        listening = lambda: "listening" in pathlib.Path(cls.log.name).read_text()
        cls.until(listening, cls.server)

    @classmethod
    def stop_server(cls):
        cls.server.terminate()
        cls.server.wait()

    @staticmethod
    def until(is_so, process):
        for _ in range(600):
            try:
                if is_so():
                    return
            except (urllib.error.URLError, ConnectionError):
                pass
            if process.poll() is not None:
                raise RuntimeError("the process ended")
            time.sleep(0.1)
        raise RuntimeError("it took longer than a minute")

    @classmethod
    def call(cls, method, path, body=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{cls.port}{path}",
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={"content-type": "application/json"},
        )
        if getattr(cls, "token", None):
            request.add_header("authorization", "Bearer " + cls.token)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def send(self, text, **more):
        path = f"/_matrix/client/v3/rooms/{self.room}/send/m.room.message/{time.monotonic_ns()}"
        return self.call("PUT", path, {"msgtype": "m.text", "body": text} | more)

    def logged(self):
        return pathlib.Path(self.log.name).read_text()

    def test_1_the_module_has_reached_the_server(self):
        self.until(lambda: "spam_check/ping" in self.logged(), self.server)
        events = [json.loads(line) for line in self.logged().splitlines()]
        pings = [one for one in events if one.get("route", "").endswith("/ping")]
        self.assertEqual(pings[0]["status"], 200)

    def test_2_a_kind_message_is_sent(self):
        status, answer = self.send("Thank you for your help, that was kind.")
        self.assertEqual(status, 200, answer)
        self.assertTrue(answer["event_id"].startswith("$"))
        self.assertIn("check_event_for_spam", self.logged())

    def test_3_an_insult_is_refused(self):
        status, answer = self.send("You are a stupid idiot.")
        self.assertEqual((status, answer["errcode"]), (403, "M_FORBIDDEN"))
        self.assertIn("offensive", answer["error"])
        # One that stands in the markup, or in an edit, alone is one too.
        hidden = {"format": "org.matrix.custom.html", "formatted_body": "You <b>stupid</b> idiot."}
        self.assertEqual(self.send("Hello.", **hidden)[0], 403)
        edit = {"m.new_content": {"msgtype": "m.text", "body": "You are a stupid idiot."}}
        self.assertEqual(self.send("* Hello.", **edit)[0], 403)

    def test_4_the_messages_of_the_room_are_those_that_were_sent(self):
        path = f"/_matrix/client/v3/rooms/{self.room}/messages?dir=b&limit=50"
        events = self.call("GET", path)[1]["chunk"]
        bodies = [e["content"]["body"] for e in events if e["type"] == "m.room.message"]
        self.assertEqual(bodies, ["Thank you for your help, that was kind."])

    def test_5_a_server_that_refuses_the_caller_silences_nobody(self):
        self.stop_server()
        global KEY
        before, KEY = KEY, "another-key"
        try:
            self.start_server()
            self.assertEqual(self.send("You are a stupid idiot, once.")[0], 200)
            self.assertIn('"status":401', self.logged())
        finally:
            KEY = before

    def test_6_a_server_that_is_down_silences_nobody(self):
        self.stop_server()
        self.assertEqual(self.send("You are a stupid idiot, twice.")[0], 200)
        self.start_server()
        self.assertEqual(self.send("You are a stupid idiot, thrice.")[0], 403)


if __name__ == "__main__":
    unittest.main()
