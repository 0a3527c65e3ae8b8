internal import Synchronization

/// The time that forward passes spend in each stage. For measuring: a ``Processor`` has none otherwise.
public final class Profile: Sendable {
  public enum Stage: String, Sendable {
    case embed, dense, attention, norm
  }

  private let times = Mutex<[Stage: Duration]>([:])

  public init() {}

  public func reset() { times.withLock { $0 = [:] } }

  /// Milliseconds of each stage since the last reset.
  public var milliseconds: [String: Double] {
    times.withLock { times in
      Dictionary(
        uniqueKeysWithValues: times.map { stage, time in
          let parts = time.components
          return (stage.rawValue, Double(parts.seconds) * 1e3 + Double(parts.attoseconds) / 1e15)
        })
    }
  }

  func add(_ time: Duration, to stage: Stage) {
    times.withLock { $0[stage, default: .zero] += time }
  }
}

extension Processor {
  /// Runs `body`, and adds its time to the profile if there is one.
  package func stage<Result>(_ stage: Profile.Stage, _ body: () -> Result) -> Result {
    guard let profile else { return body() }
    let start = ContinuousClock.now
    defer { profile.add(ContinuousClock.now - start, to: stage) }
    return body()
  }
}
