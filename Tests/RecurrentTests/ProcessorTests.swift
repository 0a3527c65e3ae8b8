import Tensor
import Testing

@testable import Recurrent

@Suite struct ProcessorTests {
  @Test(arguments: [Precision.float32, .int8])
  func `scores are the same bits on any number of threads`(precision: Precision) throws {
    let texts = try PreparationTests.cases("char-word-cases.json").map(\.text)
    let scores = try [1, 2, 3].map { threads in
      try CharacterWordClassifier(
        contentsOf: Fixtures.charWord, precision: precision,
        processor: Processor(threads: threads)
      ).scores(texts)
    }
    #expect(scores[0] == scores[1] && scores[0] == scores[2])
    #expect(scores[0].count == texts.count)
  }

  @Test
  func `the network computes on the processor that it is given`() throws {
    let profile = Profile()
    let classifier = try CharacterWordClassifier(
      contentsOf: Fixtures.charWord, processor: Processor(threads: 2, profile: profile))
    _ = try classifier.scores(["a text", "another one"])
    #expect(profile.milliseconds["dense"] ?? 0 > 0)
  }
}
