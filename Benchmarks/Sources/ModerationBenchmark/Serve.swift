import ArgumentParser
import Foundation
import Heads
import JSON

/// Our engine as a process that `peers/compare.py` measures beside the others: answers the requests
/// that `peers/README.md` describes, one JSON line each.
struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Answer the requests of peers/README.md on standard input.")

  @Option(help: "A folder with prepared int8 models, by the names of their folders.")
  var prepared: String?

  func run() throws {
    var engine: Engine?
    var head: Head?
    while let line = readLine() {
      do {
        let request = try JSONValue(parsing: line)
        switch try request.string("op") {
        case "load":
          let loaded = try Engine(request, prepared: prepared)
          engine = loaded
          Self.answer([
            "engine": "swift-moderation",
            "precision": try request.optionalString("precision")
              ?? "float32", "seconds": loaded.seconds,
          ])
        case "quit": return
        case "load head":
          head = try Head(contentsOf: URL(filePath: try request.string("head")))
          Self.answer(["engine": "swift-moderation"])
        case "score": Self.answer(["milliseconds": try Self.score(request, with: head)])
        case "run": Self.answer(["milliseconds": try Self.required(engine).run(request)])
        case "embed": Self.answer(["vectors": try Self.required(engine).embed(request)])
        case let other: throw Failure("unknown op \(other)")
        }
      } catch {
        Self.answer(["error": "\(error)"])
      }
    }
  }

  private static func required(_ engine: Engine?) throws -> Engine {
    guard let engine else { throw Failure("load a model first") }
    return engine
  }

  /// The time of each repetition over all rows.
  private static func score(_ request: JSONValue, with head: Head?) throws -> [Double] {
    guard let head else { throw Failure("load a head first") }
    let rows = try request.array("rows").map { try $0.doubles() }
    let values = rows.flatMap(\.self)
    return try (0..<(try request.optionalInt("repeat") ?? 1)).map { _ in
      let start = ContinuousClock.now
      _ = try head.probabilities(values, count: rows.count)
      return milliseconds(since: start)
    }
  }

  private static func answer(_ object: [String: Any]) {
    guard let data = try? JSONSerialization.data(withJSONObject: object) else { return }
    FileHandle.standardOutput.write(data + Data("\n".utf8))
  }
}

struct Failure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
