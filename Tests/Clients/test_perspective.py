"""Google's Python client, with another discoveryServiceUrl and nothing else."""

import time
import unittest

import requests
from googleapiclient import discovery
from googleapiclient.errors import HttpError

import chromium
import server

EMOJI = "👍🏽 Good. The cat 😀!"
SENTENCES = ["👍🏽 Good.", "The cat 😀!"]


def client(key=server.KEY):
    return discovery.build(
        "commentanalyzer",
        "v1alpha1",
        developerKey=key,
        discoveryServiceUrl=server.start() + "/$discovery/rest?version=v1alpha1",
        static_discovery=False,
    )


def analyze(body, key=server.KEY):
    return client(key).comments().analyze(body=body).execute()


class Analyze(unittest.TestCase):
    def test_scores(self):
        answer = analyze(
            {"comment": {"text": "the cat"}, "requestedAttributes": {"TOXICITY": {}, "THREAT": {}}}
        )
        for name in ["TOXICITY", "THREAT"]:
            self.assertTrue(0 <= answer["attributeScores"][name]["summaryScore"]["value"] <= 1)

    def test_spans_cut_the_text_in_utf16(self):
        answer = analyze(
            {
                "comment": {"text": EMOJI},
                "requestedAttributes": {"TOXICITY": {}},
                "spanAnnotations": True,
            }
        )
        units = EMOJI.encode("utf-16-le")
        spans = answer["attributeScores"]["TOXICITY"]["spanScores"]
        cut = [units[2 * span["begin"] : 2 * span["end"]].decode("utf-16-le") for span in spans]
        self.assertEqual(cut, SENTENCES)
        self.assertIsInstance(spans[0]["score"]["value"], float)

    def test_suggest_score(self):
        body = {
            "comment": {"text": "the cat"},
            "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}}},
            "clientToken": "t",
        }
        answer = client().comments().suggestscore(body=body).execute()
        self.assertEqual(answer, {"clientToken": "t"})


@chromium.SKIPPED
class Browser(unittest.TestCase):
    """A page that calls the service itself and cuts with JavaScript's own indices."""

    CUT = """async ([text, key]) => {
        const answer = await fetch(`/v1alpha1/comments:analyze?key=${key}`, {
            method: "POST",
            headers: {"content-type": "application/json"},
            body: JSON.stringify({
                comment: {text}, requestedAttributes: {TOXICITY: {}}, spanAnnotations: true}),
        });
        const spans = (await answer.json()).attributeScores.TOXICITY.spanScores;
        return spans.map(({begin, end}) => text.substring(begin, end));
    }"""

    @classmethod
    def setUpClass(cls):
        cls.browser = chromium.launched(cls)

    def test_spans_cut_the_same_text(self):
        page = self.browser.new_page()
        page.goto(server.start() + "/")
        self.assertEqual(page.evaluate(self.CUT, [EMOJI, server.KEY]), SENTENCES)


class Errors(unittest.TestCase):
    def check(self, body, kind):
        with self.assertRaises(HttpError) as caught:
            analyze(body)
        self.assertEqual(caught.exception.resp.status, 400)
        self.assertEqual(caught.exception.error_details[0]["errorType"], kind)
        return caught.exception

    def test_each_type(self):
        wanted = {"TOXICITY": {}}
        self.check({"comment": {"text": ""}, "requestedAttributes": wanted}, "COMMENT_EMPTY")
        self.check({"comment": {"text": "a"}}, "NO_REQUESTED_ATTRIBUTES")
        self.check(
            {"comment": {"text": "a " * 10_241}, "requestedAttributes": wanted}, "COMMENT_TOO_LONG"
        )
        self.check({"comment": {"text": "a"}, "requestedAttributes": {"X": {}}}, "INVALID_REQUEST")
        self.check(
            {"comment": {"text": "123"}, "requestedAttributes": wanted}, "LANGUAGE_DETECTION_FAILED"
        )
        error = self.check(
            {"comment": {"text": "a"}, "requestedAttributes": wanted, "languages": ["om"]},
            "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",
        )
        detail = error.error_details[0]["languageNotSupportedByAttributeError"]
        self.assertEqual(detail, {"requestedLanguages": ["om"], "attribute": "TOXICITY"})

    def test_a_key_that_is_not_valid(self):
        with self.assertRaises(HttpError) as caught:
            analyze({"comment": {"text": "a"}, "requestedAttributes": {"TOXICITY": {}}}, key="x")
        self.assertEqual(caught.exception.error_details[0]["reason"], "API_KEY_INVALID")


class Coral(unittest.TestCase):
    def test_its_two_bodies_within_its_time_out(self):
        url = server.start() + "/v1alpha1/comments:"
        body = {
            "comment": {"text": "the cat"}, "doNotStore": True, "clientToken": "t",
            "sessionId": "s", "languages": ["EN"], "requestedAttributes": {"TOXICITY": {}},
        }
        start = time.monotonic()
        answer = requests.post(url + "analyze", params={"key": server.KEY}, json=body, timeout=5)
        self.assertLess(time.monotonic() - start, 0.3)
        self.assertIn("value", answer.json()["attributeScores"]["TOXICITY"]["summaryScore"])
        feedback = {
            "comment": {"text": "the cat"}, "clientToken": "t", "communityId": "c",
            "attributeScores": {"TOXICITY": {"summaryScore": {"value": 0}}},
        }
        answer = requests.post(
            url + "suggestscore", params={"key": server.KEY}, json=feedback, timeout=5
        )
        self.assertEqual(answer.json(), {"clientToken": "t"})


if __name__ == "__main__":
    unittest.main()
