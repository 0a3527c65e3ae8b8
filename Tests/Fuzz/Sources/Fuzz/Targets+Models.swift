import Foundation

@testable import Quantization
@testable import Recurrent
@testable import Tensor
@testable import Transformer

/// Readers of models: configurations, prepared weights, adapters, modules of sentence-transformers.
extension Targets {
  static let models: [Named] = [
    ("model", model), ("prepared", prepared), ("adapter", adapter), ("modules", modules),
    ("pooling", pooling), ("network", network),
  ]

  private static let processor = Processor(threads: 1)

  private static func model(_ materials: Materials) throws -> Target {
    let source = materials.models.appending(path: "deberta-both-own-linear")
    let folder = try materials.folder(
      "model", with: [source.appending(path: "model.safetensors")])
    let mine = [UInt8](try Data(contentsOf: source.appending(path: "config.json")))
    let others = try materials.files(materials.models) { $0.hasSuffix("/config.json") }
    return Target(seeds: others + [mine]) { bytes in
      try Data(bytes).write(to: folder.appending(path: "config.json"))
      let encoder = try Encoder(contentsOf: folder, processor: processor)
      _ = try encoder.hiddenStates(of: [TokenSequence([1, 2, 3, 4, 5])])
    }
  }

  /// int8 weights as `moderate quantize` writes them.
  private static func prepared(_ materials: Materials) throws -> Target {
    let source = materials.models.appending(path: "bert-relu")
    let folder = try materials.folder("prepared", with: [source.appending(path: "config.json")])
    let url = folder.appending(path: "model.safetensors")
    let calibration = (0..<40).map { (first: Int) -> TokenSequence in
      let ids = (0..<12).map { (place: Int) -> Int32 in Int32(1 + (first * 7 + place * 5) % 30) }
      return TokenSequence(ids)
    }
    try ModelQuantizer(contentsOf: source, tolerance: 0.01, processor: processor)
      .prepare(calibration: calibration).write(to: url)
    let seed = [UInt8](try Data(contentsOf: url))
    return Target(seeds: [seed], mend: Mending.safetensors) { bytes in
      try Data(bytes).write(to: url)
      let encoder = try Encoder(contentsOf: folder, processor: processor)
      _ = try encoder.hiddenStates(of: [TokenSequence([1, 2, 3, 4, 5])])
    }
  }

  private static func adapter(_ materials: Materials) throws -> Target {
    let source = materials.fixtures.appending(path: "transformers/adapters/bert-rank-stabilised")
    let folder = try materials.folder(
      "adapter",
      with: ["config.json", "model.safetensors"].map { source.appending(path: $0) })
    let adapters = source.appending(path: "adapters")
    let names = try FileManager.default.contentsOfDirectory(atPath: adapters.path).sorted()
    guard let name = names.first else { throw Failure(description: "\(adapters.path): no adapter") }
    let mine = adapters.appending(path: name)
    let copy = folder.appending(path: "adapters/\(name)")
    try materials.copy(
      mine.appending(path: "adapter_model.safetensors"),
      to: copy.appending(path: "adapter_model.safetensors"))
    let seed = [UInt8](try Data(contentsOf: mine.appending(path: "adapter_config.json")))
    return Target(seeds: [seed]) { bytes in
      try Data(bytes).write(to: copy.appending(path: "adapter_config.json"))
      let encoder = try Encoder(contentsOf: folder, adapter: name, processor: processor)
      _ = try encoder.hiddenStates(of: [TokenSequence([1, 2, 3])])
    }
  }

  /// A folder of sentence-transformers, one of whose files is the input.
  private static func sentences(_ materials: Materials, _ name: String, _ path: String) throws
    -> Target
  {
    let source = materials.models.appending(path: "pooling-dense-tanh-normalized")
    let folder = try materials.folder(name)
    for path in try FileManager.default.subpathsOfDirectory(atPath: source.path) {
      let file = source.appending(path: path)
      var isFolder = false
      _ = FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder)
      if !isFolder { try materials.copy(file, to: folder.appending(path: path)) }
    }
    let seeds = try materials.files(materials.models) { $0.hasSuffix("/\(path)") }
    return Target(seeds: seeds) { bytes in
      try Data(bytes).write(to: folder.appending(path: path))
      let encoder = try SentenceEncoder(contentsOf: folder, processor: processor)
      _ = try encoder.embed(["the cat"])
    }
  }

  private static func modules(_ materials: Materials) throws -> Target {
    try sentences(materials, "modules", "modules.json")
  }

  private static func pooling(_ materials: Materials) throws -> Target {
    try sentences(materials, "pooling", "1_Pooling/config.json")
  }

  /// The configuration of a network of characters and words.
  private static func network(_ materials: Materials) throws -> Target {
    let source = materials.fixtures.appending(path: "recurrent/small")
    let files = try FileManager.default.contentsOfDirectory(atPath: source.path)
      .filter { $0.hasSuffix(".safetensors") || $0.hasSuffix(".txt") }
    let folder = try materials.folder("network", with: files.map { source.appending(path: $0) })
    let seeds = try materials.files(materials.fixtures.appending(path: "recurrent")) {
      $0.hasSuffix("/config.json")
    }
    return Target(seeds: seeds) { bytes in
      try Data(bytes).write(to: folder.appending(path: "config.json"))
      let classifier = try CharacterWordClassifier(contentsOf: folder, processor: processor)
      _ = try classifier.scores(["the cat", "", "a$$ 😀"])
    }
  }
}
