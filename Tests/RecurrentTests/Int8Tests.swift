import Tensor
import TestSupport
import Testing

@testable import Recurrent

/// The committed weights, rounded when they are loaded.
@Suite("int8") struct Int8Tests {
  private static func classifier(
    _ precision: Precision, _ set: InstructionSet = .best
  ) throws -> CharacterWordClassifier {
    try CharacterWordClassifier(
      contentsOf: Fixtures.charWord, precision: precision,
      processor: Processor(instructionSet: set, threads: 2))
  }

  private static func texts() throws -> [String] {
    try PreparationTests.cases("char-word-cases.json").map(\.text)
  }

  @Test(
    arguments: InstructionSet.allCases.filter {
      $0.isSupported && $0 != .openblas && $0 != .swift
    })
  func `Scores are the Swift kernels' bits on every instruction set`(set: InstructionSet) throws {
    let (reference, classifier) = (
      try Self.classifier(.int8, .swift), try Self.classifier(.int8, set)
    )
    for text in try Self.texts() {
      #expect(try classifier.scores(text) == reference.scores(text), "\(text.debugDescription)")
    }
  }

  @Test func `A text's scores are the same bits alone and after longer and shorter ones`() throws {
    let short = try Self.texts()
    let texts = short + [short.joined(separator: " ")] + short.prefix(9)
    let alone = try texts.map { try Self.classifier(.int8).scores($0) }
    let together = try Self.classifier(.int8)
    for _ in 0..<2 { #expect(try together.scores(texts) == alone) }
  }

  @Test func `Scores are near float32's, and not the same`() throws {
    let texts = try Self.texts()
    let differences = zip(
      try Self.classifier(.float32).scores(texts), try Self.classifier(.int8).scores(texts)
    ).map { largestDifference($0, $1) }
    #expect((differences.max() ?? 1) < 0.05)
    #expect(differences.contains { $0 > 0 })
  }
}
