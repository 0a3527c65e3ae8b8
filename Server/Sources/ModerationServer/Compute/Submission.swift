import Synchronization

/// The items of one request that wait for a model, and their results.
final class Submission: Sendable {
  let model: LoadedModel
  let work: Work
  /// About how many tokens each item has.
  let costs: [Int]
  let submittedAt = ContinuousClock.now
  private let isClientGone: @Sendable () -> Bool
  private let state: Mutex<State>

  private struct State {
    var results: [WorkResult?]
    /// Items without a result.
    var left: Int
    var times = Times()
    var outcome: Result<Outcome, any Error>?
    var waiter: CheckedContinuation<Outcome, any Error>?
  }

  /// How long a request waited and computed.
  struct Times: Sendable {
    /// Until its first item was computed.
    var queue = Duration.zero
    /// In passes that had an item of it.
    var inference = Duration.zero
  }

  struct Outcome: Sendable {
    var results: [WorkResult]
    var times: Times
  }

  init(
    _ work: Work, model: LoadedModel, isClientGone: @escaping @Sendable () -> Bool = { false }
  ) {
    self.work = work
    self.model = model
    self.isClientGone = isClientGone
    costs = work.costs(model)
    state = Mutex(State(results: Array(repeating: nil, count: work.count), left: work.count))
  }

  /// Whether nobody waits for the results any more.
  var isAbandoned: Bool { state.withLock { $0.outcome != nil } || isClientGone() }

  /// The results, in the items' order, when all are there.
  func value() async throws -> Outcome {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let outcome = state.withLock { state in
          if state.outcome == nil { state.waiter = continuation }
          return state.outcome
        }
        if let outcome { continuation.resume(with: outcome) }
      }
    } onCancel: {
      finish(.failure(CancellationError()))
    }
  }

  func finish(_ outcome: Result<Outcome, any Error>) {
    let waiter = state.withLock { state -> CheckedContinuation<Outcome, any Error>? in
      guard state.outcome == nil else { return nil }
      state.outcome = outcome
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume(with: outcome)
  }

  /// Takes the results of a pass that began and ended at these times.
  func take(
    _ found: [(index: Int, result: WorkResult)], from start: ContinuousClock.Instant,
    to end: ContinuousClock.Instant
  ) {
    let outcome = state.withLock { state -> Outcome? in
      if state.times.inference == .zero { state.times.queue = start - submittedAt }
      state.times.inference += end - start
      for (index, result) in found {
        if state.results[index] == nil { state.left -= 1 }
        state.results[index] = result
      }
      guard state.left == 0 else { return nil }
      return Outcome(results: state.results.compactMap(\.self), times: state.times)
    }
    if let outcome { finish(.success(outcome)) }
  }
}
