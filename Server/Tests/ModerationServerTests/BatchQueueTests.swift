import Foundation
import Moderation
import Testing

@testable import ModerationServer

/// Whose turn it is.
@Suite struct BatchQueueTests {
  private let models: SmallModels

  init() throws { models = try SmallModels() }

  private func model(_ name: String = "small") throws -> LoadedModel {
    let moderator = try Moderator(contentsOf: try models.classifier(named: name))
    return LoadedModel(name: name, moderator: moderator, digest: "")
  }

  /// Messages of 3 tokens by the estimate.
  private func submission(_ count: Int, _ model: LoadedModel) -> Submission {
    Submission(.verdicts(Array(repeating: Message("a"), count: count)), model: model)
  }

  @Test func `A single message joins the next pass, behind a batch of 10,000`() throws {
    let model = try model()
    var queue = BatchQueue()
    let large = submission(10_000, model)
    let small = submission(1, model)
    queue.append(large)
    _ = queue.next(budget: 30)
    queue.append(small)
    let next = queue.next(budget: 30)
    let batch = try #require(next)
    #expect(batch.items.contains { $0.submission === small })
    #expect(batch.items.count == 10)
  }

  @Test func `Every item is taken once, in the order of its request`() throws {
    let model = try model()
    var queue = BatchQueue()
    let submissions = [5, 1, 17, 3].map { submission($0, model) }
    submissions.forEach { queue.append($0) }
    #expect(queue.count == 26)
    var taken: [ObjectIdentifier: [Int]] = [:]
    while let batch = queue.next(budget: 12) {
      #expect(batch.items.count <= 4)
      for item in batch.items {
        taken[ObjectIdentifier(item.submission), default: []].append(item.index)
      }
    }
    for submission in submissions {
      #expect(taken[ObjectIdentifier(submission)] == Array(0..<submission.costs.count))
    }
    #expect(queue.isEmpty && queue.count == 0)
  }

  @Test func `An item over the budget goes alone`() throws {
    let model = try model()
    let long = Message(String(repeating: "a ", count: 5000))
    let submission = Submission(.verdicts([long, Message("a")]), model: model)
    var queue = BatchQueue()
    queue.append(submission)
    let (first, second) = (queue.next(budget: 4), queue.next(budget: 4))
    #expect(first?.items.map(\.index) == [0])
    #expect(second?.items.map(\.index) == [1])
  }

  @Test func `A batch is of one model, and the other model's turn comes next`() throws {
    let (first, second) = (try model("one"), try model("two"))
    var queue = BatchQueue()
    queue.append(submission(100, first))
    queue.append(submission(1, second))
    let batches = (0..<3).map { _ in queue.next(budget: 30) }
    #expect(batches.map { $0?.model === first } == [true, false, true])
    #expect(batches[1]?.model === second)
  }

  @Test func `A request that nobody waits for is dropped before its pass`() throws {
    let model = try model()
    var queue = BatchQueue()
    let gone = Submission(.verdicts([Message("a")]), model: model, isClientGone: { true })
    queue.append(gone)
    var dropped = 0
    let next = queue.next(budget: 30) { _ in dropped += 1 }
    #expect(next?.model == nil)
    #expect(dropped == 1 && queue.count == 0)
  }

  @Test func `A large request counts at most its share of what waits`() throws {
    let model = try model()
    var queue = BatchQueue()
    queue.append(submission(10_000, model))
    #expect(queue.load(share: 100) == 100)
    queue.append(submission(2, model))
    #expect(queue.load(share: 100) == 106)
  }
}
