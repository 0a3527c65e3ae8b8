"""Azure's SDK for Content Safety."""

import unittest

from azure.ai.contentsafety import ContentSafetyClient
from azure.ai.contentsafety.models import AnalyzeTextOptions, TextCategory
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError

import server


def client(key=server.KEY):
    return ContentSafetyClient(server.start(), AzureKeyCredential(key))


class Analyze(unittest.TestCase):
    def test_severities(self):
        answer = client().analyze_text(AnalyzeTextOptions(text="the cat"))
        found = {item.category: item.severity for item in answer.categories_analysis}
        self.assertEqual(set(found), {"Hate", "SelfHarm", "Sexual", "Violence"})
        self.assertTrue(set(found.values()) <= {0, 2, 4, 6})

    def test_one_category_in_eight_levels(self):
        options = AnalyzeTextOptions(
            text="the cat", categories=[TextCategory.HATE], output_type="EightSeverityLevels"
        )
        self.assertEqual(len(client().analyze_text(options).categories_analysis), 1)

    def test_errors(self):
        with self.assertRaises(HttpResponseError) as caught:
            client().analyze_text(AnalyzeTextOptions(text="a" * 10_001))
        self.assertEqual(caught.exception.error.code, "InvalidRequestBody")
        with self.assertRaises(HttpResponseError) as caught:
            client("wrong").analyze_text(AnalyzeTextOptions(text="a"))
        self.assertEqual(caught.exception.status_code, 401)


if __name__ == "__main__":
    unittest.main()
