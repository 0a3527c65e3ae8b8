"""Mistral's SDK."""

import unittest

from mistralai.client import Mistral
from mistralai.client import errors

import server


def client(key=server.KEY):
    return Mistral(api_key=key, server_url=server.start())


class Moderations(unittest.TestCase):
    def test_texts(self):
        answer = client().classifiers.moderate(
            model="mistral-moderation-latest", inputs=["the cat", "a"]
        )
        self.assertEqual(len(answer.results), 2)
        scores = answer.results[0].category_scores
        self.assertIn("hate_and_discrimination", scores)
        self.assertIn("offensive", scores)

    def test_chats(self):
        chat = [{"role": "user", "content": "the cat"}, {"role": "assistant", "content": "a"}]
        answer = client().classifiers.moderate_chat(model="small", inputs=[chat])
        self.assertEqual(len(answer.results), 1)

    def test_classifications(self):
        answer = client().classifiers.classify(model="small", inputs=["the cat"])
        self.assertEqual(set(answer.results[0]["moderation"].scores), set(server.LABELS))

    def test_errors(self):
        with self.assertRaises(errors.SDKError) as caught:
            client(key="wrong").classifiers.classify(model="small", inputs=["a"])
        self.assertEqual(caught.exception.status_code, 401)
        with self.assertRaises(errors.HTTPValidationError):
            client().classifiers.moderate_chat(model="small", inputs=[])


if __name__ == "__main__":
    unittest.main()
