"""The playground in a real Chromium.

SCREENSHOTS names a folder for pictures in both themes, small and large.
"""

import csv
import io
import json
import os
import pathlib
import shutil
import tempfile
import time
import unittest

import requests

import chromium
import server

HOSTILE = "<img src=x onerror=alert(1)><script>window.ran=1</script> \"'`${alert(1)}"


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.feedback = cls.folder / "feedback.jsonl"
        cls.address = server.start(
            "classifier", "--feedback", str(cls.feedback), "--model", f"second={cls.second()}"
        )
        cls.browser = chromium.launched(cls)

    @classmethod
    def second(cls):
        """A bundle with other scores and thresholds, and one label of its own."""
        folder = server.classifier(cls.folder / "second")
        bundle = json.loads((folder / "moderation.json").read_text())
        for label, name, source in zip(bundle["labels"], ["offensive", "hate", "spam"], "cab"):
            label |= {"name": name, "threshold": 1, "scores": [{"class": source}]}
        (folder / "moderation.json").write_text(json.dumps(bundle))
        return folder

    def open(self, fragment="", key=server.KEY, **options):
        """A page that has its models, and everything it asked for and said."""
        context = self.browser.new_context(**options)
        self.addCleanup(context.close)
        page = context.new_page()
        self.requests, self.complaints = [], []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append("dialog: " + dialog.message))
        page.on(
            "console",
            # A key that is not there yet is a 401, which the browser's console mentions.
            lambda message: message.type == "error"
            and "401" not in message.text
            and self.complaints.append(message.text),
        )
        page.goto(self.address + "/" + fragment)
        if key:
            page.fill("#key", key)
            page.press("#key", "Tab")
            self.until(page, "document.querySelectorAll('#labels li').length > 0")
        return page

    def until(self, page, expression, argument=None):
        """Waits for something to be true. The page lets nothing evaluate itself, so it is asked from outside."""
        for _ in range(3000):
            if page.evaluate(expression, argument):
                return
            page.wait_for_timeout(10)
        self.fail(expression)

    def type(self, page, text):
        page.fill("#text", text)
        self.until(page, "text => document.querySelector('#spans').textContent === text", text)

    def tearDown(self):
        for url in getattr(self, "requests", []):
            self.assertTrue(url.startswith((self.address, "data:", "blob:" + self.address)), url)
        self.assertEqual(getattr(self, "complaints", []), [])


@chromium.SKIPPED
class InABrowserSkippedWithoutChromium(Page):
    def test_typing_shows_scores(self):
        page = self.open()
        page.locator("#text").press_sequentially("the cat sat", delay=15)
        start = time.monotonic()
        self.until(page, "document.querySelector('#spans').textContent === 'the cat sat'")
        taken = time.monotonic() - start
        expected = self.verdict("the cat sat")["labels"]
        for name in server.LABELS:
            state = page.locator(f'li[data-label="{name}"] .state').text_content()
            self.assertIn(f"{expected[name]['score']:.3f}", state)
        self.assertIn("Flagged: ", page.text_content("#verdict"))
        self.assertLess(taken, 2)
        print(f"scores {1000 * taken:.0f} ms after the last key")

    def verdict(self, text, **more):
        headers = {"Authorization": f"Bearer {server.KEY}"}
        body = {"text": text} | more
        return requests.post(self.address + "/v1/moderate", json=body, headers=headers).json()

    def test_an_answer_to_an_older_text_never_wins(self):
        page = self.open()
        held = []

        def route(route):
            if "older" in (route.request.post_data or ""):
                held.append(route)
            else:
                route.continue_()

        page.route("**/v1/moderate", route)
        page.fill("#text", "older text")
        page.wait_for_timeout(300)
        self.type(page, "newer text")
        for route in held:
            try:
                route.continue_()
            except Exception:  # The page gave the request up.
                pass
        page.wait_for_timeout(300)
        self.assertEqual(page.text_content("#spans"), "newer text")

    def test_thresholds_decide_in_the_page(self):
        page = self.open()
        self.type(page, "the cat")
        before = len(self.requests)
        slider = page.locator('li[data-label="hate"] input')
        slider.focus()
        page.keyboard.press("End")
        self.assertNotIn("hate", page.text_content("#verdict"))
        page.keyboard.press("Home")
        self.assertIn("hate", page.text_content("#verdict"))
        self.assertEqual(len(self.requests), before)

    def test_two_bundles_side_by_side(self):
        page = self.open()
        page.select_option("#other", "second")
        self.type(page, "the cat")

        def state(label):
            return page.locator(f'li[data-label="{label}"] .state').text_content()

        one, two = (self.verdict("the cat", model=name)["labels"] for name in ["small", "second"])
        self.assertNotEqual(one["hate"]["score"], two["hate"]["score"])
        for label in ["offensive", "hate"]:
            own, theirs = (f"{scores[label]['score']:.3f}" for scores in [one, two])
            # The first one's threshold is 0, the second one's 1.
            self.assertEqual(state(label), f"{own} at 0.000, fires · second {theirs}")
            bar = page.locator(f'li[data-label="{label}"] .track.second .bar')
            width = float(bar.evaluate("bar => bar.style.width").rstrip("%"))
            self.assertAlmostEqual(width, 100 * two[label]["score"], places=3)
            self.assertTrue(bar.is_visible())
        self.assertNotIn("second", state("threatening"))
        self.assertEqual(page.text_content("#alone"), f"second alone: spam {two['spam']['score']:.3f}.")
        # The page's thresholds for either bundle decide, also from a link.
        page.select_option("#model", "second")
        page.select_option("#other", "small")
        self.until(page, "document.querySelector('#alone').textContent.startsWith('small alone')")
        page.locator('li[data-label="hate"] input').focus()
        page.keyboard.press("Home")
        self.assertTrue(state("hate").startswith(f"{two['hate']['score']:.3f} at 0.000, fires · small"))
        page.select_option("#model", "small")
        page.select_option("#other", "second")
        self.until(page, "document.querySelector('#alone').textContent.startsWith('second alone')")
        self.assertTrue(state("hate").endswith(f"{two['hate']['score']:.3f}, fires"))
        fragment = page.evaluate("location.hash")
        page.select_option("#other", "")
        self.until(page, "document.querySelector('#alone').textContent === ''")
        self.assertEqual(page.locator(".track.second:visible").count(), 0)
        page = self.open(fragment)
        self.until(page, "document.querySelector('#alone').textContent.startsWith('second alone')")
        self.assertTrue(state("hate").endswith(f"{two['hate']['score']:.3f}, fires"))

    def test_spans_cut_the_text_in_utf16(self):
        page = self.open()
        self.type(page, "👍🏽 Good. The cat 😀!")
        marks = page.locator("#spans mark").all_text_contents()
        self.assertEqual(marks, ["👍🏽 Good.", "The cat 😀!"])
        page.click("#words")
        self.until(page, "document.querySelectorAll('#spans mark').length === 3")
        marks = page.locator("#spans mark").all_text_contents()
        self.assertEqual(marks, ["Good", "The", "cat"])

    def test_a_message_with_a_script_runs_nothing(self):
        page = self.open()
        self.type(page, HOSTILE)
        page.click("#disguise")
        page.wait_for_selector("#disguises tbody tr")
        page.click("#send")
        page.wait_for_selector("#answer:not([hidden])")
        page.click("#wrong")
        self.assertEqual(page.text_content("#report-text"), HOSTILE)
        path = self.folder / "hostile.csv"
        path.write_text('text\n"' + HOSTILE.replace('"', '""') + '"\n', encoding="utf-8")
        page.keyboard.press("Escape")
        page.set_input_files("#file", path)
        page.click("#start")
        page.wait_for_selector("#rows tbody tr")
        self.assertEqual(page.locator("#rows tbody td.text").text_content(), HOSTILE)
        self.assertIsNone(page.evaluate("window.ran ?? null"))
        self.assertEqual(page.locator("img").count(), 0)
        # A link that somebody made runs nothing either.
        fragment = "#text=" + requests.utils.quote(HOSTILE)
        page = self.open(fragment)
        self.until(page, "document.querySelector('#spans').textContent.includes('script')")
        self.assertIsNone(page.evaluate("window.ran ?? null"))

    def test_a_wrong_verdict_becomes_feedback(self):
        page = self.open()
        self.type(page, "the dog, reported")
        page.click("#wrong")
        page.select_option('select[name="hate"]', "0")
        page.click("#report-send")
        self.until(page, "document.querySelector('#report-note').textContent.startsWith('Thank')")
        lines = [json.loads(line) for line in self.feedback.read_text().splitlines()]
        mine = [line for line in lines if line["text"] == "the dog, reported"]
        self.assertEqual([line["labels"] for line in mine], [{"hate": 0}])

    def test_ten_thousand_rows_in_and_out(self):
        texts = [f'the "cat", {index}\n😀' for index in range(9_999)] + ["=1+1"]
        path = self.folder / "many.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "text"])
            writer.writerows(enumerate(texts))
        page = self.open()
        page.set_input_files("#file", path)
        # The page reads the file while it goes on.
        page.wait_for_selector("#start:not([hidden])")
        self.assertEqual(page.input_value("#column"), "text")
        start = time.monotonic()
        page.click("#start")
        page.wait_for_selector("#save:not([hidden])", timeout=300_000)
        print(f"10,000 rows in {time.monotonic() - start:.1f} s")
        with page.expect_download() as download:
            page.click("#save")
        saved = pathlib.Path(download.value.path()).read_text(encoding="utf-8")
        rows = list(csv.DictReader(io.StringIO(saved, newline="")))
        self.assertEqual([row["text"] for row in rows], texts[:-1] + ["'=1+1"])
        expected = self.verdict(texts[0])["labels"]
        for name in server.LABELS:
            self.assertEqual(float(rows[0][name]), expected[name]["score"])
        page.click("#rows th button >> text=hate")
        shown = page.locator("#rows tbody tr td:last-child").all_text_contents()
        self.assertEqual(shown, sorted(shown, reverse=True))

    def test_requests_on_show_are_those_that_are_sent(self):
        page = self.open()
        self.type(page, "it's the cat")
        for dialect in ["native", "openai", "tei", "perspective", "mistral"]:
            page.select_option("#dialect", f"curl {dialect}")
            page.click("#send")
            page.wait_for_selector("#answer:not([hidden])")
            self.assertTrue(page.text_content("#answer").startswith("200"), dialect)
        self.assertIn("it'\\''s the cat", page.text_content("#request"))

    def test_the_keyboard_alone(self):
        page = self.open(key=None)
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "key":
                break
        page.keyboard.type(server.KEY)
        page.keyboard.press("Tab")
        self.until(page, "document.querySelectorAll('#labels li').length > 0")
        page.keyboard.type("the cat")
        self.until(page, "document.querySelector('#spans').textContent === 'the cat'")
        seen = []
        for _ in range(60):
            page.keyboard.press("Tab")
            seen.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
            if seen[-1] == "wrong":
                break
        self.assertEqual(seen[-1], "wrong")
        self.assertEqual(seen.count("INPUT"), len(server.LABELS))
        page.keyboard.press("Enter")
        page.wait_for_selector("#report[open]")
        page.keyboard.press("Escape")
        page.wait_for_selector("#report:not([open])", state="attached")
        self.assertEqual(page.evaluate("document.activeElement.id"), "wrong")

    def test_axe_finds_nothing_in_either_theme_small_or_large(self):
        from axe_playwright_python.sync_playwright import Axe

        for theme in ["light", "dark"]:
            for width in [320, 1280]:
                with self.subTest(theme=theme, width=width):
                    page = self.open(
                        color_scheme=theme, viewport={"width": width, "height": 900}
                    )
                    page.select_option("#other", "second")
                    self.type(page, "The cat 😀 sat. The dog ran away, further than anybody saw.")
                    page.click("#disguise")
                    page.wait_for_selector("#disguises tbody tr")
                    page.click("#examples summary")
                    path = self.folder / "few.csv"
                    path.write_text("text\nthe cat\nthe dog\n")
                    page.set_input_files("#file", path)
                    page.click("#start")
                    page.wait_for_selector("#rows tbody tr")
                    page.evaluate("document.activeElement.blur()")
                    if folder := os.environ.get("SCREENSHOTS"):
                        picture = pathlib.Path(folder) / f"playground-{theme}-{width}.png"
                        page.screenshot(path=picture, full_page=True)
                    # The policy of the page lets no script in; axe comes by another way.
                    overflow = page.evaluate(
                        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                    )
                    self.assertLessEqual(overflow, 0)
                    found = Axe().run(page).response["violations"]
                    self.assertEqual([(rule["id"], rule["nodes"][0]["html"]) for rule in found], [])
                    page.click("#wrong")
                    found = Axe().run(page).response["violations"]
                    self.assertEqual([(rule["id"], rule["nodes"][0]["html"]) for rule in found], [])


if __name__ == "__main__":
    unittest.main()
