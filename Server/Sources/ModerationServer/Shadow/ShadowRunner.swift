import JSON
import Moderation
import NIOPosix
import Synchronization

/// Lets other models judge the messages that were answered, and counts where they decide otherwise.
///
/// The answer is given first. The shadows compute on one thread, which has the time that no other thread
/// wants, message by message, and only while no request waits or computes. What they cannot keep up with is
/// dropped and counted.
final class ShadowRunner: Sendable {
  /// An answered message.
  struct Item: Sendable {
    var message: Message
    var verdict: Verdict
    /// What the audit says about the request.
    var head: JSONObject
  }

  private struct State {
    var items: [(item: Item, shadow: Int)] = []
    var next = 0
    var bytes = 0
    var isRunning = false
    var isStopped = false
  }

  /// Bytes of texts that may wait.
  private static let limit = 8 << 20

  let registry: ModelRegistry
  private let rates: [Double]
  private let metrics: ShadowMetrics
  private let audit: AuditLog?
  private let isIdle: @Sendable () -> Bool
  private let pool = NIOThreadPool(numberOfThreads: 1)
  private let state = Mutex(State())

  /// - Parameters:
  ///   - registry: the shadows, in the order of `rates`
  ///   - isIdle: whether no request waits or computes
  init(
    _ registry: ModelRegistry, rates: [Double], factory: PrometheusFactory, audit: AuditLog?,
    isIdle: @escaping @Sendable () -> Bool
  ) {
    self.registry = registry
    self.rates = rates
    self.audit = audit
    self.isIdle = isIdle
    metrics = ShadowMetrics(factory)
    metrics.register(registry.all)
    pool.start()
    pool.submit { _ in ThreadPriority.lower() }
  }

  /// Puts shadows in the place of those that there are.
  func replace(with loaded: [LoadedModel]) {
    registry.replace(with: loaded)
    metrics.register(loaded)
  }

  /// Takes messages that are about to be answered, each shadow its share of them.
  func offer(_ items: [Item]) {
    let shadows = registry.all
    let starts = state.withLock { state in
      guard !state.isStopped else { return false }
      for item in items {
        for (index, rate) in rates.enumerated() where Double.random(in: 0..<1) < rate {
          let bytes = item.message.text.utf8.count + 256
          guard state.bytes + bytes <= Self.limit else {
            metrics.count("dropped", by: shadows[index])
            continue
          }
          state.bytes += bytes
          state.items.append((item, index))
        }
      }
      defer { if !state.items.isEmpty { state.isRunning = true } }
      return !state.isRunning && !state.items.isEmpty
    }
    if starts { pool.submit { [self] state in if case .active = state { drain() } } }
  }

  /// Messages that wait.
  var waiting: Int { state.withLock { $0.items.count - $0.next } }

  private func drain() {
    while let (item, index) = next() {
      while !isIdle() {
        if state.withLock({ $0.isStopped }) { return }
        ThreadPriority.pause()
      }
      let shadow = registry.all[index]
      guard let verdict = try? shadow.moderator.moderate([item.message])[0] else {
        metrics.count("failed", by: shadow)
        continue
      }
      compare(item, verdict, by: shadow)
    }
  }

  private func next() -> (item: Item, shadow: Int)? {
    state.withLock { state in
      guard !state.isStopped, state.next < state.items.count else {
        state = State(isStopped: state.isStopped)
        return nil
      }
      let found = state.items[state.next]
      state.next += 1
      state.bytes -= found.item.message.text.utf8.count + 256
      if state.next == 1024 {
        state.items.removeFirst(state.next)
        state.next = 0
      }
      return found
    }
  }

  private func compare(_ item: Item, _ verdict: Verdict, by shadow: LoadedModel) {
    let others = verdict.labels.filter { label in
      item.verdict[label.name].map { $0.isFlagged != label.isFlagged } ?? false
    }
    // Counted when all that there is to say about it is written.
    defer { metrics.count("compared", by: shadow) }
    for label in others { metrics.disagreement(on: label, by: shadow) }
    guard let audit, !others.isEmpty else { return }
    var line = item.head.with(audit.text(item.message.text))
    line["shadow"] = .string(shadow.name)
    line["shadow_bundle"] = .string(shadow.digest)
    line["answered"] = AuditLine.labels(item.verdict.labels)
    line["disagreements"] = AuditLine.labels(others)
    try? audit.append([line])
  }

  /// Gives up what waits.
  func stop() async {
    state.withLock { $0.isStopped = true }
    try? await pool.shutdownGracefully()
  }
}
