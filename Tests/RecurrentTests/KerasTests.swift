import Foundation
import Tensor
import TestSupport
import Testing

@testable import Recurrent

/// Parity with Keras on random models of several sizes, masks, lengths and activations.
@Suite struct KerasTests {
  @Test(arguments: Fixtures.keras, InstructionSet.allCases)
  func `The scores are Keras's within 1e-5, on every instruction set`(
    name: String, set: InstructionSet
  ) throws {
    let classifier = try CharacterWordClassifier(
      contentsOf: Fixtures.folder.appendingPathComponent(name),
      processor: Processor(instructionSet: set, threads: 2))
    let cases = try Fixtures.cases(name)
    #expect(cases.count == 12)
    for (text, scores) in cases {
      #expect(largestDifference(try classifier.scores(of: text), scores) <= 1e-5)
    }
  }

  @Test(arguments: Fixtures.keras)
  func `The plain formulas give Keras's scores within 1e-5`(name: String) throws {
    let (configuration, weights, _) = try CharacterWordClassifier.read(
      Fixtures.folder.appendingPathComponent(name))
    let network = ReferenceNetwork(configuration: configuration, weights: weights)
    for (text, scores) in try Fixtures.cases(name) {
      #expect(largestDifference(network.scores(text), scores) <= 1e-5)
    }
  }

  @Test(arguments: Fixtures.keras)
  func `A text's scores are the same bits after longer and shorter ones`(name: String) throws {
    let classifier = try CharacterWordClassifier(
      contentsOf: Fixtures.folder.appendingPathComponent(name))
    let texts = try Fixtures.cases(name).map(\.text)
    let alone = try texts.map { text in
      try CharacterWordClassifier(contentsOf: Fixtures.folder.appendingPathComponent(name))
        .scores(of: text)
    }
    for _ in 0..<2 {
      for (text, scores) in zip(texts, alone) {
        #expect(try classifier.scores(of: text) == scores)
      }
    }
  }

  @Test func `Ids outside an embedding are errors that name them`() throws {
    let classifier = try CharacterWordClassifier(
      contentsOf: Fixtures.folder.appendingPathComponent("keras-masked"))
    for text in [
      PreparedText(characters: [30], wordIDs: [1]), PreparedText(characters: [-1], wordIDs: [1]),
      PreparedText(characters: [1], wordIDs: [40]),
      PreparedText(characters: [1], words: [.unknown(subwords: [0])]),
    ] {
      #expect(throws: RecurrentError.self) { _ = try classifier.scores(of: text) }
    }
    #expect(throws: RecurrentError.self) { _ = try classifier.scores("No rules here") }
  }

  @Test(arguments: Fixtures.keras)
  func `No ids at all are scored`(name: String) throws {
    let classifier = try CharacterWordClassifier(
      contentsOf: Fixtures.folder.appendingPathComponent(name))
    let (configuration, weights, _) = try CharacterWordClassifier.read(
      Fixtures.folder.appendingPathComponent(name))
    let empty = PreparedText(characters: [], wordIDs: [])
    let scores = try classifier.scores(of: empty)
    #expect(scores.allSatisfy { $0.isFinite })
    let reference = ReferenceNetwork(configuration: configuration, weights: weights).scores(empty)
    #expect(largestDifference(scores, reference) <= 1e-6)
  }
}
