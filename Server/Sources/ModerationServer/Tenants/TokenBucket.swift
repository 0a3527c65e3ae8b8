import Synchronization

/// How many messages a tenant may have judged.
struct Rate: Sendable, Equatable {
  /// Messages a second in the long run.
  var perSecond: Double
  /// Messages at once after a pause.
  var burst: Double
}

/// A token bucket: it holds `burst` messages and fills up by `perSecond`.
///
/// A request goes through when the bucket has at least one message, and takes as many as it has: a batch
/// that is larger than the burst is not shut out for ever, the tenant only waits longer after it.
final class TokenBucket: Sendable {
  let rate: Rate
  private let state: Mutex<(level: Double, at: ContinuousClock.Instant)>

  init(_ rate: Rate, at now: ContinuousClock.Instant = .now) {
    self.rate = rate
    state = Mutex((rate.burst, now))
  }

  /// Takes messages out of the bucket.
  ///
  /// - Returns: nil, or the seconds after which there is something in it again
  func take(_ count: Int, at now: ContinuousClock.Instant = .now) -> Double? {
    state.withLock { state in
      let passed = max(0, (now - state.at) / .seconds(1))
      state.level = min(rate.burst, state.level + passed * rate.perSecond)
      state.at = max(state.at, now)
      guard state.level >= 1 else { return (1 - state.level) / rate.perSecond }
      state.level -= Double(count)
      return nil
    }
  }
}
