"""OpenAI's SDK, synchronous and asynchronous, and LangChain's embeddings."""

import asyncio
import struct
import unittest

import httpx
import openai
from langchain_openai import OpenAIEmbeddings

import server

CATEGORIES = [
    "harassment", "harassment_threatening", "hate", "hate_threatening", "illicit",
    "illicit_violent", "self_harm", "self_harm_instructions", "self_harm_intent", "sexual",
    "sexual_minors", "violence", "violence_graphic",
]


def client(kind="classifier", key=server.KEY, **options):
    return openai.OpenAI(base_url=server.start(kind) + "/v1", api_key=key, **options)


class Moderations(unittest.TestCase):
    def test_thirteen_categories_typed_and_own_labels(self):
        result = client().moderations.create(input="the cat").results[0]
        self.assertTrue(result.flagged)
        for name in CATEGORIES:
            self.assertIsInstance(getattr(result.category_scores, name), float)
            self.assertIsInstance(getattr(result.categories, name), bool)
            self.assertIsInstance(getattr(result.category_applied_input_types, name), list)
        self.assertEqual(
            result.category_scores.model_extra["offensive"], result.category_scores.harassment
        )

    def test_strings_and_parts(self):
        texts = ["the cat", "a dog"]
        self.assertEqual(len(client().moderations.create(input=texts).results), 2)
        parts = [{"type": "text", "text": text} for text in texts]
        self.assertEqual(len(client().moderations.create(input=parts).results), 1)

    def test_asynchronous(self):
        async def run():
            async with openai.AsyncOpenAI(
                base_url=server.start() + "/v1", api_key=server.KEY
            ) as asynchronous:
                return await asyncio.gather(
                    *[asynchronous.moderations.create(input="the cat") for _ in range(20)]
                )

        scores = {answer.results[0].category_scores.hate for answer in asyncio.run(run())}
        self.assertEqual(len(scores), 1)

    def test_request_id(self):
        self.assertTrue(client().moderations.create(input="a")._request_id)

    def test_models(self):
        self.assertEqual([model.id for model in client().models.list()], ["small"])
        self.assertEqual(client().models.retrieve("small").id, "small")


class Errors(unittest.TestCase):
    def check(self, kind, code, call):
        with self.assertRaises(kind) as caught:
            call()
        self.assertEqual(caught.exception.code, code)
        return caught.exception

    def test_each_class(self):
        image = [{"type": "image_url", "image_url": {"url": "data:,"}}]
        error = self.check(
            openai.BadRequestError, "invalid_request",
            lambda: client().moderations.create(input=image),
        )
        self.assertEqual(error.param, "input[0].type")
        self.check(
            openai.AuthenticationError, "invalid_api_key",
            lambda: client(key="wrong").moderations.create(input="a"),
        )
        self.check(
            openai.NotFoundError, "model_not_found", lambda: client().models.retrieve("nothing")
        )
        self.check(
            openai.APIStatusError, "too_large",
            lambda: client().moderations.create(input="a" * 3_000_000),
        )
        self.check(
            openai.BadRequestError, "unsupported",
            lambda: client().embeddings.create(input="a", model="small"),
        )

    def test_overload_is_refused_with_a_time(self):
        # Few tokens may wait, so that most requests of a burst are refused.
        base = server.start("classifier", "--max-queued-tokens", "4", "--max-batch-tokens", "1")
        busy = openai.AsyncOpenAI(base_url=base + "/v1", api_key=server.KEY, max_retries=0)

        async def run():
            return await asyncio.gather(
                *[busy.moderations.create(input=["the cat " * 30] * 200) for _ in range(30)],
                return_exceptions=True,
            )

        answers = asyncio.run(run())
        refused = [error for error in answers if isinstance(error, openai.RateLimitError)]
        self.assertTrue(refused)
        self.assertTrue(all(isinstance(error, openai.RateLimitError) for error in answers
                            if isinstance(error, Exception)))
        self.assertGreaterEqual(int(refused[0].response.headers["retry-after"]), 1)
        self.assertEqual(refused[0].code, "overloaded")

    def test_overload_is_tried_again_twice(self):
        base = server.start("classifier", "--max-queued-tokens", "4", "--max-batch-tokens", "1")
        sent = []

        async def count(request):
            sent.append(request)

        async def run():
            busy = openai.AsyncOpenAI(base_url=base + "/v1", api_key=server.KEY, max_retries=0)
            http = httpx.AsyncClient(event_hooks={"request": [count]}, timeout=60)
            patient = openai.AsyncOpenAI(
                base_url=base + "/v1", api_key=server.KEY, http_client=http
            )
            load = [
                asyncio.create_task(busy.moderations.create(input=["the cat " * 30] * 200))
                for _ in range(60)
            ]
            await asyncio.sleep(0.05)
            try:
                await patient.moderations.create(input="a")
            except openai.RateLimitError:
                self.assertEqual(len(sent), 3)
            await asyncio.gather(*load, return_exceptions=True)

        asyncio.run(run())
        self.assertLessEqual(len(sent), 3)


class Embeddings(unittest.TestCase):
    def test_base64_and_floats_are_the_same_bits(self):
        embeddings = client("encoder").embeddings
        packed = embeddings.create(input=["the cat", "a"], model="encoder").data
        floats = embeddings.create(
            input=["the cat", "a"], model="encoder", encoding_format="float"
        ).data
        for one, other in zip(packed, floats):
            self.assertEqual(
                struct.pack("<8f", *one.embedding), struct.pack("<8f", *other.embedding)
            )

    def test_langchain(self):
        options = {
            "base_url": server.start("encoder") + "/v1", "api_key": server.KEY, "model": "encoder",
        }
        vectors = OpenAIEmbeddings(check_embedding_ctx_length=False, **options).embed_documents(
            ["the cat", "a"]
        )
        self.assertEqual([len(vector) for vector in vectors], [8, 8])


if __name__ == "__main__":
    unittest.main()
