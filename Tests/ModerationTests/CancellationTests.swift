import Dispatch
import Foundation
import Respelling
import Tensor
import TestSupport
import Testing
import Tokenizers
import Transformer

@testable import Moderation

@Suite struct CancellationTests {
  /// Long enough that no machine is through with it before somebody cancels.
  private static let many = Array(
    repeating: String(repeating: "the quick fox and the running dogs ", count: 40), count: 20_000)

  /// Cancels a task 20 ms after it has begun, on a thread of its own: other tests may hold every
  /// thread of the pool that a sleeping task wakes on until the model is through.
  private static func cancel<Value>(
    _ task: Task<Value, Never>, after begun: DispatchSemaphore
  ) {
    Thread.detachNewThread {
      begun.wait()
      Thread.sleep(forTimeInterval: 0.02)
      task.cancel()
    }
  }

  private func moderator() throws -> Moderator {
    try Moderator(
      contentsOf: Checkout.weights.appending(path: "default"), options: .init(threads: 1))
  }

  @Test func `A task that is cancelled before it asks gets no verdict`() async throws {
    let moderator = try moderator()
    let task = Task { () -> ModerationError? in
      while !Task.isCancelled { await Task.yield() }
      do throws(ModerationError) {
        _ = try moderator.moderate("good morning")
        return nil
      } catch {
        return error
      }
    }
    task.cancel()
    #expect(await task.value == .cancelled)
    #expect(try moderator.moderate("good morning").isFlagged == false)
  }

  @Test func `A task that is cancelled while the model runs ends between two layers`() async throws
  {
    let classifier = try SequenceClassifier(
      contentsOf: Checkout.weights.appending(path: "default"), processor: Processor(threads: 1))
    let messages = Self.many.prefix(2000).map { TokenSequence(classifier.tokenizer.encode($0).ids) }
    let begun = DispatchSemaphore(value: 0)
    let task = Task { () -> TransformerError? in
      begun.signal()
      do throws(TransformerError) {
        _ = try classifier.logits(of: messages)
        return nil
      } catch {
        return error
      }
    }
    Self.cancel(task, after: begun)
    #expect(await task.value == .cancelled)
  }

  @Test func `A long list of texts is given up before all of them are tokens`() async throws {
    let moderator = try moderator()
    let begun = DispatchSemaphore(value: 0)
    let task = Task {
      begun.signal()
      return moderator.moderateEach(Self.many.map { Message($0) })
    }
    Self.cancel(task, after: begun)
    for result in await task.value {
      guard case .failure(.cancelled) = result else {
        Issue.record("\(result)")
        return
      }
    }
  }

  @Test func `No text is spelt out for a task that is cancelled`() async throws {
    // This one would answer all the same.
    let base = FakeClassifier.directions
    let classifier = RespellingClassifier(
      base, respeller: try Respeller(parsing: Array("told\t700\n".utf8), file: "words"))
    let task = Task { () -> ModerationError? in
      while !Task.isCancelled { await Task.yield() }
      do throws(ModerationError) {
        _ = try classifier.classify([ModelText(text: "t.o.l.d")], longTexts: .truncate)
        return nil
      } catch {
        return error
      }
    }
    task.cancel()
    #expect(await task.value == .cancelled)
  }
}
