import Foundation
import JSON
import Moderation
import Tensor

@testable import ModerationServer

/// Bundles of small random models, in folders that go away.
final class SmallModels {
  private let folder: URL

  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  private static let fixtures = root.appending(path: "Tests/Fixtures/transformers")

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "server-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// A classifier with three labels: offensive, threatening and hate.
  ///
  /// - Parameter contexts: values of a context that messages may have
  @discardableResult
  func classifier(
    named name: String = "small", threshold: Double = 0.5, range: ClosedRange<Double>? = nil,
    contexts: [String] = []
  ) throws -> URL {
    let bundle = folder.appending(path: name)
    let model = bundle.appending(path: "model")
    try FileManager.default.createDirectory(at: model, withIntermediateDirectories: true)
    let source = Self.fixtures.appending(path: "models/mpnet-classifier-multi")
    for file in ["config.json", "model.safetensors"] {
      try FileManager.default.copyItem(
        at: source.appending(path: file), to: model.appending(path: file))
    }
    try FileManager.default.copyItem(
      at: Self.fixtures.appending(path: "tokenizer-32.json"),
      to: model.appending(path: "tokenizer.json"))
    let bounds =
      range.map { "\"thresholdRange\": [\($0.lowerBound), \($0.upperBound)]," } ?? ""
    let labels = [("offensive", "a"), ("threatening", "b"), ("hate", "c")].map { label, source in
      """
      {"name": "\(label)", "threshold": \(threshold), \(bounds) "scores": [{"class": "\(source)"}],
       "actions": {"author": ["warn"]}}
      """
    }
    let context =
      contexts.isEmpty
      ? "" : #""context": {"dimensions": [{"name": "d", "values": \#(contexts)}]},"#
    try write(
      """
      {"format": 1, "name": "\(name)", "languages": ["en"], \(context)
       "model": {"kind": "classifier", "path": "model"},
       "labels": [\(labels.joined(separator: ","))], "actions": {"warn": "Warn the author."}}
      """, to: bundle.appending(path: "moderation.json"))
    return bundle
  }

  /// An encoder of 8 dimensions with a head of one class, "1".
  func encoder(named name: String = "encoder") throws -> URL {
    let bundle = folder.appending(path: name)
    try FileManager.default.createDirectory(at: bundle, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: Self.fixtures.appending(path: "models/pooling-prompts"),
      to: bundle.appending(path: "encoder"))
    try write(
      """
      {"format": 1, "name": "\(name)", "model": {"kind": "encoder", "path": "encoder"},
       "heads": [{"path": "head"}],
       "labels": [{"name": "toxic", "scores": [{"class": "1"}]}]}
      """, to: bundle.appending(path: "moderation.json"))
    let head = bundle.appending(path: "head")
    try FileManager.default.createDirectory(at: head, withIntermediateDirectories: true)
    try write(
      """
      {"format": "moderation-head", "version": 1, "task": "binary", "classes": [0, 1],
       "input_size": 8,
       "model": {"kind": "linear", "prefix": "", "sizes": [8, 1],
                 "output": "logistic", "decision": {"rule": "above", "value": 0}}}
      """, to: head.appending(path: "head.json"))
    try Self.safetensors([
      ("bias", [1], [0.1]), ("weight", [8, 1], [3, -2, 1.5, 0.5, -1, 2, -3, 1]),
    ])
    .write(to: head.appending(path: "head.safetensors"))
    return bundle
  }

  func write(_ text: String, to url: URL) throws { try Data(text.utf8).write(to: url) }

  /// A file of float64 tensors.
  private static func safetensors(_ tensors: [(name: String, shape: [Int], values: [Double])])
    -> Data
  {
    var header: [String] = []
    var body = Data()
    for tensor in tensors {
      let start = body.count
      for value in tensor.values { body.append(contentsOf: bytes(value.bitPattern)) }
      header.append(
        """
        "\(tensor.name)":{"dtype":"F64","shape":\(tensor.shape),"data_offsets":[\(start),\(body.count)]}
        """)
    }
    let json = Data("{\(header.joined(separator: ","))}".utf8)
    return Data(bytes(UInt64(json.count))) + json + body
  }

  private static func bytes(_ number: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
  }
}

extension SmallModels {
  /// A path in the folder that goes away.
  func path(_ name: String) -> String { folder.appending(path: name).path }

  /// Writes a file into that folder.
  func file(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: URL(filePath: path(name)))
    return path(name)
  }

  /// The lines of a file.
  static func lines(_ path: String) throws -> [JSONValue] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
      try JSONValue(parsing: String($0))
    }
  }
}

extension ServerState {
  /// A server of small models, one thread.
  convenience init(_ folders: [URL], limits: Limits = Limits(), keys: [String] = []) throws {
    var settings = ServerSettings()
    settings.models = folders.map { ModelRequest(source: $0.path) }
    settings.limits = limits
    settings.keys = keys
    settings.threads = 1
    try self.init(settings)
  }
}
