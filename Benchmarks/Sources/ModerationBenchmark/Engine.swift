import Foundation
import JSON
import Tensor
import Transformer

/// A loaded model and what is asked of it.
struct Engine {
  /// Tokens to sentence embeddings, or to logits when the model is a sequence classifier.
  let vectors: ([TokenSequence]) throws -> [[Float]]
  let seconds: Double

  /// - Parameter prepared: a folder with prepared int8 models, by the names of their folders
  init(_ request: JSONValue, prepared: String?) throws {
    let name = try request.optionalString("precision") ?? "float32"
    guard let precision = Precision(rawValue: name) else {
      throw Failure("precision \(name) is not supported")
    }
    let start = ContinuousClock.now
    var folder = URL(filePath: try request.string("model"))
    if precision == .int8, let prepared {
      let ready = URL(filePath: prepared).appending(path: folder.lastPathComponent)
      if FileManager.default.fileExists(atPath: ready.path) { folder = ready }
    }
    let processor = Processor(threads: try request.optionalInt("threads") ?? 2)
    if try ModelDescription.kind(of: folder) == .sequenceClassifier {
      let classifier = try SequenceClassifier(
        contentsOf: folder, precision: precision, processor: processor)
      vectors = { try classifier.logits(of: $0) }
    } else {
      let encoder = try SentenceEncoder(
        contentsOf: folder, precision: precision, processor: processor)
      vectors = { try encoder.embed($0) }
    }
    seconds = milliseconds(since: start) / 1000
  }

  private func batches(_ request: JSONValue) throws -> [[TokenSequence]] {
    let messages = try request.array("ids").map { TokenSequence(try $0.ints().map(Int32.init)) }
    let size = try request.optionalInt("batch") ?? 1
    return stride(from: 0, to: messages.count, by: max(1, size)).map {
      Array(messages[$0..<min($0 + max(1, size), messages.count)])
    }
  }

  /// The time of each repetition over all batches.
  func run(_ request: JSONValue) throws -> [Double] {
    let batches = try batches(request)
    return try (0..<(try request.optionalInt("repeat") ?? 1)).map { _ in
      let start = ContinuousClock.now
      for batch in batches { _ = try vectors(batch) }
      return milliseconds(since: start)
    }
  }

  func embed(_ request: JSONValue) throws -> [[Double]] {
    try batches(request).flatMap { try vectors($0).map { $0.map(Double.init) } }
  }
}

func milliseconds(since start: ContinuousClock.Instant) -> Double {
  let duration = (ContinuousClock.now - start).components
  return Double(duration.seconds) * 1e3 + Double(duration.attoseconds) / 1e15
}
