import Metrics
import NIOPosix
import Synchronization

/// The thread that computes, and the queue before it.
///
/// When the thread is free it takes what waits, up to the token budget, and computes it in one pass;
/// nothing waits for others to come. The pass itself shares its work out among the threads of the
/// model's processor.
final class ComputeThread: Sendable {
  private struct State {
    var queue = BatchQueue()
    var isRunning = false
    var isStopped = false
    /// Tokens computed in a second, smoothed over the last passes; 0 before the first.
    var rate = 0.0
  }

  private let limits: Limits
  private let metrics: ServerMetrics
  private let pool = NIOThreadPool(numberOfThreads: 1)
  private let state = Mutex(State())

  init(limits: Limits, metrics: ServerMetrics) {
    self.limits = limits
    self.metrics = metrics
    pool.start()
  }

  /// Computes the items of a request, together with what else waits.
  ///
  /// - Throws: ``RequestProblem`` where too much waits already; `CancellationError`
  func run(_ submission: Submission) async throws -> Submission.Outcome {
    guard submission.work.count > 0 else {
      return Submission.Outcome(results: [], times: Submission.Times())
    }
    try admit(submission)
    return try await submission.value()
  }

  /// Whether nothing waits and nothing is being computed.
  var isIdle: Bool { state.withLock { !$0.isRunning } }

  /// Items that wait.
  var waiting: Int { state.withLock { $0.queue.count } }

  private func admit(_ submission: Submission) throws(RequestProblem) {
    let isIdle = try state.withLock { state throws(RequestProblem) in
      guard !state.isStopped else {
        throw RequestProblem(.unavailable, "The server is shutting down.")
      }
      let load = state.queue.load(share: limits.queuedTokens / 4)
      guard load < limits.queuedTokens else {
        let seconds = state.rate > 0 ? Double(load) / state.rate : 1
        throw RequestProblem(
          .overloaded, "The model is overloaded: \(load) tokens are waiting.",
          retryAfter: min(max(seconds, 0.1), 60))
      }
      state.queue.append(submission)
      metrics.queueSize.set(state.queue.count)
      defer { state.isRunning = true }
      return !state.isRunning
    }
    if isIdle { pool.submit { [self] state in if case .active = state { drain() } } }
  }

  /// Computes batch after batch until nothing waits.
  private func drain() {
    while let batch = next() {
      let start = ContinuousClock.now
      let results = batch.model.compute(
        batch.kind, batch.items.map { ($0.submission.work, $0.index) })
      let end = ContinuousClock.now
      metrics.passed(batch, in: end - start)
      state.withLock { state in
        let rate = Double(batch.tokens) / max((end - start) / .seconds(1), 1e-6)
        state.rate = state.rate == 0 ? rate : 0.9 * state.rate + 0.1 * rate
      }
      deliver(batch, results, from: start, to: end)
    }
  }

  private func next() -> BatchQueue.Batch? {
    state.withLock { state in
      let batch = state.queue.next(budget: limits.batchTokens) { submission in
        metrics.dropped()
        submission.finish(.failure(CancellationError()))
      }
      metrics.queueSize.set(state.queue.count)
      state.isRunning = batch != nil
      return batch
    }
  }

  private func deliver(
    _ batch: BatchQueue.Batch, _ results: [WorkResult], from start: ContinuousClock.Instant,
    to end: ContinuousClock.Instant
  ) {
    var found: [ObjectIdentifier: (Submission, [(index: Int, result: WorkResult)])] = [:]
    for ((submission, index), result) in zip(batch.items, results) {
      found[ObjectIdentifier(submission), default: (submission, [])].1.append((index, result))
    }
    for (submission, items) in found.values { submission.take(items, from: start, to: end) }
  }

  /// Refuses what comes from now on and what waits; a pass that runs is finished.
  func stop() async {
    let waiting = state.withLock { state in
      state.isStopped = true
      return state.queue.removeAll()
    }
    for submission in waiting {
      submission.finish(.failure(RequestProblem(.unavailable, "The server is shutting down.")))
    }
    try? await pool.shutdownGracefully()
  }
}
