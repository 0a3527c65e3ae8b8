"""Sends messages over eight connections until it is told to stop, and prints what came back.

    python load.py http://host:port < (stops at the end of standard input)
"""

import collections
import http.client
import json
import sys
import threading
import urllib.parse

MESSAGES = ["you are an idiot", "good morning", "see you tomorrow", "nobody likes you, go away"]


def main() -> None:
    address = urllib.parse.urlsplit(sys.argv[1]).netloc
    stop = threading.Event()
    lock = threading.Lock()
    answers: dict[str, set[str]] = collections.defaultdict(set)
    counts: collections.Counter[str] = collections.Counter()

    def note(result: str) -> None:
        with lock:
            counts[result] += 1

    def work(number: int) -> None:
        connection = http.client.HTTPConnection(address, timeout=60)
        while not stop.is_set():
            number += 1
            text = MESSAGES[number % len(MESSAGES)]
            try:
                connection.request(
                    "POST", "/v1/moderate", json.dumps({"text": text}),
                    {"Content-Type": "application/json"})
                response = connection.getresponse()
                body = response.read().decode()
            except (OSError, http.client.HTTPException) as error:
                note(repr(error))
                connection.close()
                continue
            note(str(response.status))
            if response.status == 200:
                with lock:
                    answers[text].add(body)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    [thread.start() for thread in threads]
    sys.stdin.read()
    stop.set()
    [thread.join() for thread in threads]
    # Each message has one answer, whichever server gave it.
    json.dump({"counts": counts, "answers": {text: len(some) for text, some in answers.items()}},
              sys.stdout)


if __name__ == "__main__":
    main()
