"""Reports flagged posts to Bluesky's Ozone, for its moderators to decide.

    python ozone.py posts.jsonl    # {"uri", "cid", "text"} a line

It emits `modEventReport` with an external id, so a post that is sent twice is reported once. Labels of Ozone
are signed records: moderators or Ozone's own rules set them, not this script. OZONE_URL, OZONE_TOKEN and
OZONE_DID say where and as whom it reports, MODERATE_URL and MODERATE_KEY where moderate-server is.
"""

import json
import os
import sys
import urllib.request


def post(url: str, body: dict, token: str | None) -> dict:
    headers = {"content-type": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def event(item: dict, verdict: dict, model: dict, did: str) -> dict | None:
    """The event for a post; None where no label fires."""
    fired = {name: one["score"] for name, one in verdict["labels"].items() if one["flagged"]}
    if not fired:
        return None
    scores = ", ".join(f"{name} {score:.2f}" for name, score in fired.items())
    return {
        "event": {
            "$type": "tools.ozone.moderation.defs#modEventReport",
            "reportType": "com.atproto.moderation.defs#reasonRude",
            "comment": scores,
        },
        "subject": {
            "$type": "com.atproto.repo.strongRef",
            "uri": item["uri"],
            "cid": item["cid"],
        },
        "createdBy": did,
        "modTool": {"name": "swift-moderation", "meta": {"model": model["id"], "bundle": model["digest"]}},
        "externalId": f"{item['cid']}-{model['digest'][:16]}",
    }


def main() -> None:
    server = os.environ.get("MODERATE_URL", "http://localhost:8080")
    key = os.environ.get("MODERATE_KEY")
    headers = {"authorization": f"Bearer {key}"} if key else {}
    with urllib.request.urlopen(
        urllib.request.Request(server + "/v1/models", headers=headers), timeout=30
    ) as answer:
        model = json.load(answer)["data"][0]
    with open(sys.argv[1], encoding="utf-8") as file:
        for item in map(json.loads, file):
            verdict = post(server + "/v1/moderate", {"text": item["text"]}, key)
            found = event(item, verdict, model, os.environ["OZONE_DID"])
            if found:
                url = os.environ["OZONE_URL"] + "/xrpc/tools.ozone.moderation.emitEvent"
                post(url, found, os.environ["OZONE_TOKEN"])


if __name__ == "__main__":
    main()
