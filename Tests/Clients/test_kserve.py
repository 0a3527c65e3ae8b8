"""Triton's client, with binary and JSON tensors."""

import unittest

import numpy
import tritonclient.http as triton

import server

HEADERS = {"Authorization": f"Bearer {server.KEY}"}


class Infer(unittest.TestCase):
    def setUp(self):
        self.client = triton.InferenceServerClient(server.start().removeprefix("http://"))
        self.addCleanup(self.client.close)

    def infer(self, binary, **options):
        texts = numpy.array([["the cat"], ["un été 😀"]], dtype=object)
        tensor = triton.InferInput("text", [2, 1], "BYTES")
        tensor.set_data_from_numpy(texts, binary_data=binary)
        # The client adds its own headers to the dictionary.
        return self.client.infer("small", [tensor], headers=dict(HEADERS), **options)

    def test_binary_and_json_give_the_same(self):
        binary, plain = self.infer(True, request_id="7"), self.infer(False)
        scores = binary.as_numpy("scores")
        self.assertEqual(scores.shape, (2, 3))
        self.assertTrue((scores == plain.as_numpy("scores")).all())
        self.assertEqual(binary.as_numpy("flagged").dtype, bool)
        self.assertEqual(binary.get_response()["id"], "7")

    def test_health_and_metadata(self):
        self.assertTrue(self.client.is_server_live())
        self.assertTrue(self.client.is_server_ready())
        self.assertTrue(self.client.is_model_ready("small", headers=HEADERS))
        metadata = self.client.get_model_metadata("small", headers=HEADERS)
        self.assertEqual(metadata["inputs"][0]["name"], "text")

    def test_an_error(self):
        tensor = triton.InferInput("text", [1], "FP32")
        tensor.set_data_from_numpy(numpy.zeros(1, dtype=numpy.float32))
        with self.assertRaises(triton.InferenceServerException) as caught:
            self.client.infer("small", [tensor], headers=dict(HEADERS))
        self.assertIn("BYTES", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
