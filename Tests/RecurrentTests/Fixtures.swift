import Foundation
import JSON
import TestSupport

@testable import Recurrent

/// Goldens made by the scripts beside them.
enum Fixtures {
  static let folder = Checkout.fixtures("recurrent")

  /// The committed bundle of a trained network.
  static let charWord = Checkout.weights.appending(path: "char-word")

  static let keras = [
    "keras-masked", "keras-unmasked", "keras-padded-in-front", "keras-hard-sigmoid",
    "keras-one-of-each", "keras-softmax",
  ]

  static func json(_ path: String) throws -> JSONValue {
    let bytes = Array(try Data(contentsOf: folder.appendingPathComponent(path)))
    return try JSONValue(parsing: bytes)
  }

  /// Ids and the scores that Keras gives them.
  static func cases(_ name: String) throws -> [(text: PreparedText, scores: [Float])] {
    guard case .array(let cases) = try json("\(name)/cases.json") else { return [] }
    return try cases.map { value in
      (
        PreparedText(
          characters: try value.ints("characters").map(Int32.init),
          wordIDs: try value.ints("words").map(Int32.init)),
        try value.doubles("scores").map(Float.init)
      )
    }
  }

  /// A copy of a fixture in a folder of its own, for a test to spoil.
  static func copy(_ name: String) throws -> URL {
    let copy = FileManager.default.temporaryDirectory
      .appendingPathComponent("recurrent-\(UUID().uuidString)")
    try FileManager.default.copyItem(at: folder.appendingPathComponent(name), to: copy)
    return copy
  }
}
