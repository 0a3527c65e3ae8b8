import Foundation

@testable import Safetensors

/// Readers of weights: safetensors, its index, PyTorch's pickles and the archives around them.
extension Targets {
  static let weights: [Named] = [
    ("safetensors", safetensors), ("index", index), ("pickle", pickle), ("archive", archive),
  ]

  private static func read(_ checkpoint: Checkpoint) throws {
    for name in checkpoint.names {
      let tensor = try checkpoint.tensor(named: name)
      guard tensor.bytes().count == tensor.byteCount else { fatalError("bytes are missing") }
      _ = try? tensor.floats()
      _ = try? tensor.doubles()
      _ = try? tensor.int64s()
    }
  }

  private static func safetensors(_ materials: Materials) throws -> Target {
    let seeds =
      try materials.files(materials.fixtures.appending(path: "safetensors")) {
        $0.hasSuffix(".safetensors")
      }
      + materials.files(materials.fixtures.appending(path: "heads/mlp-float32")) {
        $0.hasSuffix(".safetensors")
      }
    return Target(seeds: seeds, mend: Mending.safetensors) { bytes in
      try read(try Checkpoint(bytes: bytes))
    }
  }

  private static func index(_ materials: Materials) throws -> Target {
    let folder = try materials.folder("index")
    let source = materials.fixtures.appending(path: "heads/mlp-float32/head.safetensors")
    for name in ["a.safetensors", "b.safetensors"] {
      try materials.copy(source, to: folder.appending(path: name))
    }
    let names = try Checkpoint(contentsOf: source).names
    func map(_ shard: String) -> String {
      names.map { "\"\($0)\":\"\(shard)\"" }.joined(separator: ",")
    }
    let texts = [
      "{\"metadata\":{\"total_size\":1},\"weight_map\":{\(map("a.safetensors"))}}",
      "{\"weight_map\":{\"x\":\"b.safetensors\",\(map("a.safetensors"))}}",
    ]
    let url = folder.appending(path: "model.safetensors.index.json")
    return Target(seeds: texts.map { Array($0.utf8) }) { bytes in
      try Data(bytes).write(to: url)
      try read(try Checkpoint(contentsOf: url))
    }
  }

  /// The pickle by itself, in an archive that is whole: its storages have the sizes that it says.
  private static func pickle(_ materials: Materials) throws -> Target {
    Target(seeds: try materials.files(materials.corpus.appending(path: "pickle"))) { bytes in
      var reader = PickleReader(bytes)
      let value = try reader.read()
      var sizes: [String: Int] = [:]
      for (_, tensor) in try reader.stateDictionary(value) {
        let storage = tensor.storage
        let width = storage.elementType.bitWidth / 8
        sizes[storage.key] = storage.count < 1024 ? storage.count * width : 1024
      }
      var entries = [ZipFile.Entry("m/data.pkl", bytes)]
      for (key, size) in sizes.sorted(by: { $0.key < $1.key }) where key.utf8.count < 100 {
        entries.append(ZipFile.Entry("m/data/" + key, [UInt8](repeating: 1, count: size)))
      }
      try read(try Checkpoint(bytes: ZipFile(entries: entries).bytes))
    }
  }

  /// The archive of zip around pickle and storages.
  private static func archive(_ materials: Materials) throws -> Target {
    let seeds = try materials.files(materials.fixtures.appending(path: "pytorch")) {
      $0.hasSuffix(".bin")
    }
    return Target(seeds: seeds, mend: Mending.archive) { bytes in
      try read(try Checkpoint(bytes: bytes))
    }
  }
}
