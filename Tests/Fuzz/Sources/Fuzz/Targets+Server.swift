import Dispatch
import Foundation
import HTTPTypes
import Logging

@testable import InProcessServer
@testable import JSON
@testable import ModerationServer

/// Bodies of requests, through the server's router to an answer.
extension Targets {
  static let server: [Named] = [("body", body)]

  /// A path, perhaps a space and a media type, a line break, and what is posted there.
  private static func body(_ materials: Materials) throws -> Target {
    let models = try SmallModels()
    let server = InProcess(
      try ServerState([models.classifier(contexts: ["x", "y"]), models.encoder()]),
      level: .critical)
    return Target(seeds: requests.map { Array("\($0)\n\($1)".utf8) }) { bytes in
      let parts = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
      let head = String(decoding: parts[0], as: UTF8.self).split(separator: " ", maxSplits: 1)
      let path = head.first.map(String.init) ?? "/"
      let type = head.count > 1 ? String(head[1]) : "application/json"
      let body = String(decoding: parts.count > 1 ? parts[1] : [], as: UTF8.self)
      let reply = try wait { try await server.post(path, body, headers: ["content-type": type]) }
      // 501 is for what an API has and this server has not.
      guard reply.status < 500 || reply.status == 501 else {
        fatalError("\(reply.status): \(reply.text)")
      }
      if reply.headers[.contentType]?.hasPrefix("application/json") == true {
        do { _ = try reply.json() } catch { fatalError("an answer that is no JSON: \(error)") }
      }
      withExtendedLifetime(models) {}
    }
  }

  private static func wait(
    _ work: @escaping @Sendable () async throws -> InProcess.Reply
  ) throws -> InProcess.Reply {
    final class Box: @unchecked Sendable {
      var result: Result<InProcess.Reply, any Error>?
    }
    let box = Box()
    let end = DispatchSemaphore(value: 0)
    Task {
      do { box.result = .success(try await work()) } catch { box.result = .failure(error) }
      end.signal()
    }
    end.wait()
    guard let result = box.result else { throw Failure(description: "no answer") }
    return try result.get()
  }

  /// A request of each route, with every member that it reads.
  private static let requests: [(path: String, body: String)] = [
    (
      "/v1/moderate",
      #"{"text": "the cat", "model": "small", "context": ["x"], "spans": true, "id": "a", "replies": [{"text": "cat", "id": 2, "replies": []}, {"text": ""}]}"#
    ),
    (
      "/v1/moderate",
      #"{"messages": ["the", {"text": "cat", "id": 7, "context": "y"}, {"text": 1}, "\ud800"], "model": "small"}"#
    ),
    (
      "/v1/moderate application/x-ndjson",
      #"{"text": "the", "id": 1}"# + "\r\n\nnot JSON\n" + #"{"text": "cat", "context": ["y"]}"#
    ),
    (
      "/v1/feedback",
      #"{"text": "a", "labels": {"hate": 1, "flagged": 0}, "context": ["x"], "key": "k", "metadata": {"a": 1}, "model": "small"}"#
    ),
    (
      "/v1/moderations",
      #"{"input": ["the cat", ""], "model": "omni-moderation-latest"}"#
    ),
    (
      "/v1/moderations",
      #"{"input": [{"type": "text", "text": "the"}, {"type": "image_url", "image_url": {"url": "data:,"}}]}"#
    ),
    (
      "/v1/embeddings",
      #"{"input": ["the", "cat"], "model": "encoder", "dimensions": 4, "encoding_format": "base64", "user": "u"}"#
    ),
    ("/v1/embeddings", #"{"input": [[1, 2, 3], [4]], "model": "encoder"}"#),
    (
      "/v1/chat/moderations",
      #"{"model": "mistral-moderation", "input": [[{"role": "user", "content": "the"}, {"role": "assistant", "content": [{"type": "text", "text": "cat"}]}]]}"#
    ),
    ("/v1/classifications", #"{"model": "small", "input": ["the", "cat"]}"#),
    (
      "/v1/chat/classifications",
      #"{"model": "small", "input": {"messages": [{"role": "user", "content": "the"}]}}"#
    ),
    (
      "/v1alpha1/comments:analyze?key=k",
      #"{"comment": {"text": "the cat. the dog", "type": "PLAIN_TEXT"}, "context": {"entries": [{"text": "a"}]}, "requestedAttributes": {"TOXICITY": {"scoreType": "PROBABILITY", "scoreThreshold": 0.1}, "INSULT": {}}, "languages": ["en"], "doNotStore": true, "clientToken": "t", "sessionId": "s", "communityId": "c", "spanAnnotations": true}"#
    ),
    (
      "/v1alpha1/comments:suggestscore",
      #"{"comment": {"text": "the"}, "attributeScores": {"TOXICITY": {"summaryScore": {"value": 0.2}, "spanScores": [{"begin": 0, "end": 1, "score": {"value": 1}}]}}, "languages": ["en"], "clientToken": "t"}"#
    ),
    (
      "/predict",
      #"{"inputs": [["the"], ["cat", "dog"]], "truncate": true, "truncation_direction": "Left", "raw_scores": true}"#
    ),
    (
      "/predict",
      #"{"inputs": "the", "parameters": {"top_k": 2, "function_to_apply": "sigmoid", "return_all_scores": true}}"#
    ),
    (
      "/embed",
      #"{"inputs": ["the", "cat"], "normalize": false, "truncate": true, "prompt_name": "query", "dimensions": 3}"#
    ),
    ("/embed_all", #"{"inputs": "the cat"}"#),
    ("/similarity", #"{"inputs": {"source_sentence": "the", "sentences": ["cat", "dog"]}}"#),
    ("/embeddings", #"{"input": "the", "model": "encoder", "encoding_format": "float"}"#),
    ("/tokenize", #"{"inputs": ["the", "cat"], "add_special_tokens": false, "prompt_name": null}"#),
    ("/decode", #"{"ids": [[1, 2], [3]], "skip_special_tokens": false}"#),
    ("/vertex", #"{"instances": [{"inputs": "the"}, {"inputs": "cat"}]}"#),
    ("/invocations", #"{"inputs": "the", "truncate": true}"#), ("/", #"{"inputs": "the"}"#),
    (
      "/v2/models/small/infer",
      #"{"id": "1", "inputs": [{"name": "text", "shape": [2, 1], "datatype": "BYTES", "data": ["the", "cat"], "parameters": {"content_type": "str"}}], "outputs": [{"name": "scores", "parameters": {"binary_data": false}}]}"#
    ),
    (
      "/contentsafety/text:analyze?api-version=2024-09-01",
      #"{"text": "the cat", "categories": ["Hate", "Violence"], "outputType": "EightSeverityLevels", "blocklistNames": [], "haltOnBlocklistHit": true}"#
    ),
    ("/api/1/spam_check/ping", #"{"id": "1"}"#),
    (
      "/api/1/spam_check/check_event_for_spam",
      #"{"event": {"type": "m.room.message", "sender": "@a:b", "content": {"body": "the", "formatted_body": "<b>the</b>&amp;<br/>cat", "msgtype": "m.text", "m.new_content": {"body": "x"}}}}"#
    ),
  ]
}
