import Foundation
import JSON
import Tensor
import TestSupport
import Testing

@testable import Moderation

/// The verdicts of the default moderator are the same bits wherever it runs.
@Suite struct StabilityTests {
  /// OpenBLAS chooses the order of its sums itself.
  static let sets = InstructionSet.allCases.filter { $0.isSupported && $0 != .openblas }

  /// The fixture is what `moderate classify` prints: scores as the shortest numbers that give back their
  /// bits.
  @Test(arguments: sets)
  func `Two hundred texts have the verdicts on file, bit for bit`(_ set: InstructionSet) throws {
    let lines = try String(contentsOf: Checkout.fixtures("verdicts/default.jsonl"), encoding: .utf8)
      .split(separator: "\n").map(String.init)
    #expect(lines.count == 200)
    let moderator = try Moderator(
      contentsOf: Checkout.weights.appending(path: "default"),
      options: .init(processor: Processor(instructionSet: set)))
    // The readable kernels take a second for each.
    let chosen = set == .swift ? lines.indices.filter { $0 % 20 == 0 } : Array(lines.indices)
    let texts = try chosen.map { try JSONValue(parsing: Array(lines[$0].utf8)).string("text") }
    for (verdict, line) in zip(try moderator.moderate(texts), chosen.map { lines[$0] }) {
      #expect(String(decoding: verdict.json.encoded(), as: UTF8.self) == line)
    }
  }
}
