import Foundation
import Respelling
import TestSupport
import Testing

@testable import Moderation

@Suite struct RespellingTests {
  private func moderator(_ base: any TextClassifier) throws -> Moderator {
    let words = "almost\t800\nHe's\t600\nI'm\t500\ntold\t700\n"
    let respeller = try Respeller(parsing: Array(words.utf8), file: "words")
    return try Moderator(
      bundle: .directions, classifier: RespellingClassifier(base, respeller: respeller))
  }

  @Test func `A disguised word counts as itself, and plain texts are read once`() throws {
    let moderator = try moderator(FakeClassifier.directions)
    let plain = try Moderator(bundle: .directions, classifier: FakeClassifier.directions)
    let verdicts = try moderator.moderate(["He's here", "t0ld you", "t.o.l.d", "fine", "I'm told"])
    #expect(verdicts.map(\.isFlagged) == [true, true, true, false, true])
    #expect(try plain.moderate("t0ld you").isFlagged == false)
    #expect(verdicts[0] == (try plain.moderate("He's here")))
    // The verdict is on the text as it was sent.
    #expect(verdicts[1].tokenCount == (try plain.moderate("t0ld you").tokenCount))
  }

  @Test func `The higher score of each class counts, whichever reading it comes from`() throws {
    let text = "They told almosst"
    let verdict = try moderator(FakeClassifier.directions).moderate(text)
    #expect(verdict["harmed_by_others"]?.score == 0.33)
    #expect(verdict["reference_to_harm"]?.score == 0.7)
  }

  @Test func `A list of words that is absent or wrong is an error that names the file`() throws {
    let folder = try TemporaryFolder()
    try folder.copy(Checkout.models.appending(path: "bert-classifier-multi"), to: "model")
    try folder.copy(StandIns.tokenizer, to: "model/tokenizer.json")
    var bundle = ModerationBundle.directions
    bundle.respellingWords = "words.tsv"
    try folder.write(bundle.encoded(), to: "moderation.json")
    let file = folder.path(of: "words.tsv")
    #expect(throws: ModerationError.unreadable(file: file, reason: "no such file")) {
      try Moderator(contentsOf: folder.url)
    }
    try folder.write("told 7\n", to: "words.tsv")
    #expect {
      try Moderator(contentsOf: folder.url)
    } throws: { error in
      "\(error)".hasPrefix("\(file), line 1: ")
    }
  }
}
