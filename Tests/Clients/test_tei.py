"""Hugging Face's client, and Discourse's request."""

import concurrent.futures
import unittest

import requests
from huggingface_hub import InferenceClient
from huggingface_hub.errors import HfHubHTTPError

import server


def client(kind="classifier", path="", **options):
    return InferenceClient(model=server.start(kind) + path, token=server.KEY, **options)


class Classification(unittest.TestCase):
    def test_a_list_of_labels(self):
        labels = client().text_classification("the cat")
        self.assertEqual({label.label for label in labels}, set(server.LABELS))
        scores = [label.score for label in labels]
        self.assertEqual(scores, sorted(scores, reverse=True))

    def test_top_k_and_function(self):
        self.assertEqual(len(client().text_classification("the cat", top_k=2)), 2)
        soft = client().text_classification("the cat", function_to_apply="softmax")
        self.assertAlmostEqual(sum(label.score for label in soft), 1, places=5)

    def test_an_error_says_what_is_wrong(self):
        with self.assertRaises(HfHubHTTPError) as caught:
            client(path="/embed").feature_extraction("a")
        self.assertIn("no embeddings", str(caught.exception))


class Encoder(unittest.TestCase):
    def test_feature_extraction(self):
        encoder = client("encoder", "/embed")
        self.assertEqual(encoder.feature_extraction("the cat").shape, (1, 8))
        self.assertEqual(encoder.feature_extraction("the cat", dimensions=3).shape, (1, 3))


class Endpoint(unittest.TestCase):
    def test_information_and_health(self):
        endpoint = client(provider="hf-inference")
        self.assertEqual(endpoint.get_endpoint_info()["served_model_name"], "small")
        self.assertTrue(endpoint.health_check())


class Discourse(unittest.TestCase):
    def test_forty_at_once_with_both_key_headers(self):
        headers = {"X-API-KEY": server.KEY, "Authorization": f"Bearer {server.KEY}"}
        url = server.start() + "/predict"

        def post(index):
            body = {"inputs": f"the cat {index}", "truncate": True}
            return requests.post(url, json=body, headers=headers, timeout=30)

        with concurrent.futures.ThreadPoolExecutor(40) as pool:
            answers = list(pool.map(post, range(40)))
        self.assertEqual({answer.status_code for answer in answers}, {200})
        self.assertTrue(all({"score", "label"} <= set(answer.json()[0]) for answer in answers))


if __name__ == "__main__":
    unittest.main()
