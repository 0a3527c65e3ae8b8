import JSON
import Safetensors
import Tensor
import TestSupport
import Testing

@testable import Transformer

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

@Suite("Hidden states are those of transformers")
struct HiddenStateTests {
  static let tolerance: Float = 2e-5

  @Test(arguments: ReferenceModel.all { !$0.hasPrefix("pooling") })
  func `within 2e-5`(of model: ReferenceModel) throws {
    let json = try model.json()
    let goldens = try model.goldens()
    let encoder = try Encoder(contentsOf: model.url)
    let rows = try json.array("rows").map { try $0.ints() }
    let states = try encoder.hiddenStates(of: try model.inputs(json))
    #expect(states.count == rows.count)
    for (message, rows) in rows.enumerated() where goldens.contains("hidden.\(message)") {
      let expected = try goldens.tensor(named: "hidden.\(message)").floats()
      let actual = rows.flatMap { states[message][$0] }
      #expect(largestDifference(actual, expected) <= Self.tolerance, "message \(message)")
    }
  }
}

@Suite("One token of each message")
struct OnlyTokenTests {
  @Test(
    arguments: ReferenceModel.all { _ in true },
    Precision.allCases)
  func `its states are the same bits as among all of them`(
    of model: ReferenceModel, in precision: Precision
  ) throws {
    let folder = try SentenceTransformerConfiguration(model.url).encoder
    for set in InstructionSet.allCases where set.isSupported && set != .openblas {
      let encoder = try Encoder(
        contentsOf: folder, precision: precision,
        processor: Processor(instructionSet: set, threads: 2))
      let vocabulary = Int32(encoder.shape.vocabularySize)
      let longest = min(80, encoder.shape.maximumTokens ?? 80)
      let messages = [1, 2, longest, 7].map { count in
        TokenSequence((0..<Int32(count)).map { (7 * $0 + Int32(count)) % vocabulary })
      }
      let all = try encoder.hiddenStates(of: messages)
      let tokens: [([Int32]) -> Int] = [{ _ in 0 }, { $0.count - 1 }, { $0.count / 2 }]
      for token in tokens {
        var compared = 0
        try encoder.forEachMessage(of: messages, only: token) { index, hidden in
          compared += 1
          #expect(hidden.rows == 1)
          #expect(hidden[row: 0] == all[index][token(messages[index].ids)])
        }
        #expect(compared == messages.count)
      }
    }
  }
}

@Suite("Logits are those of transformers")
struct LogitsTests {
  @Test(arguments: ReferenceModel.all { $0.contains("classifier") })
  func `within 2e-5`(of model: ReferenceModel) throws {
    let folder = try ModelFolder(model.url)
    let expected = try model.goldens().tensor(named: "logits")
    let labels = expected.shape[1]
    let head = try folder.head(labels: labels)
    let encoder = try Encoder(folder)
    var actual: [Float] = []
    try encoder.forEachMessage(
      of: try model.inputs(model.json()), only: head.onlyToken
    ) { _, hidden in
      actual += head(hidden, on: encoder.processor)
    }
    #expect(largestDifference(actual, try expected.floats()) <= 2e-5)
  }
}

@Suite("Real weights, and batches")
struct EmbeddingTests {
  static let miniLM = weights("all-MiniLM-L6-v2", variable: "MODERATION_MINILM")
  static let mpnet = weights("all-mpnet-base-v2", variable: "MODERATION_MPNET")

  /// Where the real weights are, if they are here: the folder that an environment variable names,
  /// else the cache that `make run` and `make mpnet` fill.
  static func weights(_ name: String, variable: String) -> URL? {
    let environment = ProcessInfo.processInfo.environment
    let cache =
      environment["XDG_CACHE_HOME"].map { URL(filePath: $0) }
      ?? URL(filePath: environment["HOME"] ?? "/").appending(path: ".cache")
    let folders = [
      environment[variable].map { URL(filePath: $0) },
      cache.appending(path: "swift-moderation").appending(path: name),
    ]
    return folders.compactMap(\.self).first {
      FileManager.default.fileExists(atPath: $0.appending(path: "model.safetensors").path)
    }
  }

  static func texts(_ name: String) throws -> [String] {
    try JSONValue(
      parsing: [UInt8](
        Data(contentsOf: Checkout.fixtures("transformers/\(name)/texts.json")))
    ).strings()
  }

  /// Vectors and numbers of tokens against what sentence-transformers gives. The goldens have every
  /// component of a vector, or every fourth.
  static func compare(_ texts: [String], by model: URL, with name: String) throws {
    let goldens = try Checkpoint(
      contentsOf: Checkout.fixtures("transformers/\(name)/golden.safetensors"))
    let embeddings = try SentenceEncoder(contentsOf: model).embed(texts)
    #expect(
      try embeddings.map { Int64($0.tokenCount) } == goldens.tensor(named: "tokens").int64s())
    let expected = try goldens.tensor(named: "embedding")
    let step = (embeddings.first?.vector.count ?? 0) / expected.shape[1]
    let actual = embeddings.flatMap { embedding in
      stride(from: 0, to: embedding.vector.count, by: step).map { embedding.vector[$0] }
    }
    let worst = largestDifference(actual, try expected.floats())
    #expect(worst <= 2e-6, "\(worst)")
  }

  @Test(.enabled(if: miniLM != nil, "MODERATION_MINILM names no folder"))
  func `the real all-MiniLM-L6-v2 within 2e-6 on 240 texts (skipped without its weights)`() throws {
    let texts = try Self.texts("minilm")
    #expect(texts.count == 240)
    try Self.compare(texts, by: try #require(Self.miniLM), with: "minilm")
  }

  @Test(.enabled(if: mpnet != nil, "MODERATION_MPNET names no folder; make mpnet brings it"))
  func `the real all-mpnet-base-v2 within 2e-6 on 300 texts (skipped without its weights)`() throws
  {
    let texts = try Self.texts("minilm") + Self.texts("mpnet")
    #expect(texts.count == 300)
    try Self.compare(texts, by: try #require(Self.mpnet), with: "mpnet")
  }

  @Test
  func `a message's vector is the same bits alone and in a batch, on one thread and on two`() throws
  {
    for model in ReferenceModel.all({ $0.hasPrefix("pooling") || $0.contains("head-5") }) {
      let encoder = try Encoder(contentsOf: model.url, processor: Processor(threads: 2))
      let single = try Encoder(contentsOf: model.url, processor: Processor(threads: 1))
      let limit = Int32(encoder.shape.vocabularySize)
      let messages = (1..<6).map { count in
        TokenSequence((0..<Int32(3 * count)).map { (7 * $0 + Int32(count)) % limit })
      }
      let together = try encoder.hiddenStates(of: messages)
      #expect(try single.hiddenStates(of: messages) == together)
      for (message, states) in zip(messages, together) {
        #expect(try encoder.hiddenStates(of: [message]) == [states])
      }
    }
  }
}
