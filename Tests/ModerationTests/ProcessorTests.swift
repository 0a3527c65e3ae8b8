import Tensor
import Testing

@testable import Moderation

@Suite struct ProcessorTests {
  @Test
  func `the default moderator computes on the processor that it is given`() throws {
    let profile = Profile()
    let processor = Processor(threads: 2, profile: profile)
    let moderators = try (0..<2).map { _ in
      try Moderator(
        contentsOf: try Moderator.defaultFolder, options: .init(processor: processor))
    }
    for moderator in moderators {
      profile.reset()
      let texts = ["one text", "another text", "a third"]
      let verdicts = try moderator.moderate(texts)
      #expect(profile.milliseconds["dense"] ?? 0 > 0)
      #expect(verdicts == (try Moderator.default.moderate(texts)))
    }
  }
}
