import Foundation
import TestSupport

/// A small classifier with random weights and three labels, a, b and c.
final class SmallModel {
  private let temporary: TemporaryFolder
  var folder: URL { temporary.url }

  init() throws {
    temporary = try TemporaryFolder()
    let source = Checkout.models.appending(path: "mpnet-classifier-multi")
    for name in ["config.json", "model.safetensors"] {
      try temporary.copy(source.appending(path: name), to: name)
    }
    try temporary.copy(StandIns.tokenizer, to: "tokenizer.json")
  }

  func file(_ name: String) -> String { temporary.path(of: name) }

  func write(_ text: String, to name: String) throws { try temporary.write(text, to: name) }
}
