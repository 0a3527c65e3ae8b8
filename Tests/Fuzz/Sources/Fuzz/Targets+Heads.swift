import Foundation

@testable import Heads

/// Readers of heads: their descriptions, their weights, LightGBM's text.
extension Targets {
  static let heads: [Named] = [
    ("head", head), ("head-weights", headWeights), ("lightgbm", lightGBM),
  ]

  private static func score(_ head: Head) throws {
    // A file may ask for more columns than any row of a test should have.
    guard head.inputSize <= 10_000 else { return }
    let values: [Double] = [0, 1, -1, 1e300, -1e-40, 40, 2_147_483_648, 0.5]
    let rows = (0..<head.inputSize * 6).map { values[$0 % values.count] }
    _ = try head.scores(rows, count: 6)
    var missing = rows
    for index in stride(from: 0, to: missing.count, by: 3) { missing[index] = .nan }
    for index in stride(from: 1, to: missing.count, by: 7) { missing[index] = .infinity }
    // Most heads refuse these.
    _ = try? head.scores(missing, count: 6)
  }

  private static func head(_ materials: Materials) throws -> Target {
    let heads = materials.fixtures.appending(path: "heads")
    let source = heads.appending(path: "mlp-relu-binary")
    let folder = try materials.folder(
      "head", with: [source.appending(path: "head.safetensors")])
    let mine = [UInt8](try Data(contentsOf: source.appending(path: "head.json")))
    let others = try materials.files(heads) { $0.hasSuffix("/head.json") }
    return Target(seeds: others + [mine]) { bytes in
      try Data(bytes).write(to: folder.appending(path: "head.json"))
      try score(try Head(contentsOf: folder))
    }
  }

  private static func headWeights(_ materials: Materials) throws -> Target {
    let source = materials.fixtures.appending(path: "heads/calibrated-isotonic-binary")
    let folder = try materials.folder(
      "head-weights", with: [source.appending(path: "head.json")])
    let seed = [UInt8](try Data(contentsOf: source.appending(path: "head.safetensors")))
    return Target(seeds: [seed], mend: Mending.safetensors) { bytes in
      try Data(bytes).write(to: folder.appending(path: "head.safetensors"))
      try score(try Head(contentsOf: folder))
    }
  }

  private static func lightGBM(_ materials: Materials) throws -> Target {
    let url = try materials.folder("lightgbm").appending(path: "model.txt")
    let seeds = try materials.files(materials.fixtures.appending(path: "heads/lightgbm")) {
      $0.hasSuffix(".txt")
    }
    return Target(seeds: seeds, mend: Mending.lightGBM) { bytes in
      try Data(bytes).write(to: url)
      try score(try Head(contentsOf: url))
    }
  }
}
