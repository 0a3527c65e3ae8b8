package import Foundation
import JSON
import Safetensors

/// Stand-ins for weights that are not ours: a bundle of `Weights/` completed by small random models.
package enum StandIns {
  /// One of 32 tokens, as many as the small classifiers know.
  package static let tokenizer = Checkout.fixtures("transformers/tokenizer-32.json")

  /// A bundle of `Weights/` in a folder of its own.
  package static func bundle(_ name: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.copy(
      Checkout.weights.appending(path: "\(name)/moderation.json"), to: "moderation.json")
    return folder
  }

  /// The classifier of a fixture, with a tokenizer and as many unnamed labels as asked for.
  package static func classifier(
    _ fixture: String, labels: Int, output: String, in folder: TemporaryFolder, at path: String
  ) throws {
    let source = Checkout.models.appending(path: fixture)
    try folder.copy(tokenizer, to: "\(path)/tokenizer.json")
    guard
      case .object(var config) = try JSONValue(
        parsing: [UInt8](Data(contentsOf: source.appending(path: "config.json"))))
    else { return }
    var names = JSONObject()
    for index in 0..<labels { names["\(index)"] = .string("LABEL_\(index)") }
    config["id2label"] = .object(names)
    config["label2id"] = nil
    try folder.write(
      String(decoding: JSONValue.object(config).encoded(), as: UTF8.self),
      to: "\(path)/config.json")
    try widen(
      Checkpoint(contentsOf: source), output: output, labels: labels,
      to: folder.url.appending(path: "\(path)/model.safetensors"))
  }

  /// The checkpoint with an output layer of so many labels: the rows it has, over and over.
  private static func widen(
    _ checkpoint: Checkpoint, output: String, labels: Int, to url: URL
  ) throws {
    var tensors: [SafetensorsWriter.Announcement] = []
    var values: [[Float]] = []
    for name in checkpoint.names {
      let tensor = try checkpoint.tensor(named: name)
      guard tensor.elementType == .float32 else { continue }
      var shape = tensor.shape
      var floats = try tensor.floats()
      if name.hasPrefix(output) {
        let width = floats.count / shape[0]
        floats = (0..<labels * width).map { floats[$0 % floats.count] * (1 + Float($0 / width)) }
        shape[0] = labels
      }
      tensors.append(.init(name, .float32, shape))
      values.append(floats)
    }
    var writer = try SafetensorsWriter(url, tensors: tensors)
    for floats in values { try writer.write(floats) }
    try writer.finish()
  }

  /// A head with one weight for each number of an embedding.
  package static func head(_ weights: [Double], in folder: TemporaryFolder, at path: String) throws
  {
    try folder.write(
      """
      {"format": "moderation-head", "version": 1, "task": "binary", "classes": [0, 1],
       "input_size": \(weights.count),
       "model": {"kind": "linear", "prefix": "", "sizes": [\(weights.count), 1],
                 "output": "logistic", "decision": {"rule": "above", "value": 0}}}
      """, to: "\(path)/head.json")
    var writer = try SafetensorsWriter(
      folder.url.appending(path: "\(path)/head.safetensors"),
      tensors: [.init("bias", .float64, [1]), .init("weight", .float64, [weights.count, 1])])
    try writer.write([0.1])
    try writer.write(weights)
    try writer.finish()
  }
}
