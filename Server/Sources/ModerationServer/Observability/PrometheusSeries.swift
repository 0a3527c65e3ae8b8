import Metrics
import Synchronization

/// The values of one metric under one set of labels.
final class PrometheusSeries: Sendable {
  private struct Values {
    var value = 0.0
    /// Of a histogram: how many values fell into each bucket, and how many above all of them.
    var counts: [Int]
    var sum = 0.0
  }

  private let buckets: [Double]
  private let values: Mutex<Values>

  init(buckets: [Double]) {
    self.buckets = buckets
    values = Mutex(Values(counts: Array(repeating: 0, count: buckets.count + 1)))
  }

  func add(_ amount: Double) { values.withLock { $0.value += amount } }
  func assign(_ value: Double) { values.withLock { $0.value = value } }

  func observe(_ value: Double) {
    let bucket = buckets.firstIndex { value <= $0 } ?? buckets.count
    values.withLock { values in
      values.counts[bucket] += 1
      values.sum += value
    }
  }

  func lines(_ name: String, _ labels: String, _ kind: PrometheusFactory.Kind) -> String {
    let values = values.withLock { $0 }
    guard kind == .histogram else { return "\(name)\(labels) \(Self.number(values.value))\n" }
    let others = labels.isEmpty ? "" : labels.dropFirst().dropLast() + ","
    var text = ""
    var total = 0
    for (bucket, count) in values.counts.enumerated() {
      total += count
      let bound = bucket < buckets.count ? Self.number(buckets[bucket]) : "+Inf"
      text += "\(name)_bucket{\(others)le=\"\(bound)\"} \(total)\n"
    }
    return text
      + "\(name)_sum\(labels) \(Self.number(values.sum))\n\(name)_count\(labels) \(total)\n"
  }

  /// Whole numbers without a point.
  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return Int(exactly: value).map(String.init) ?? value.description
  }
}

extension PrometheusSeries: CounterHandler, FloatingPointCounterHandler {
  func increment(by amount: Int64) { add(Double(amount)) }
  func increment(by amount: Double) { add(amount) }
  func reset() { assign(0) }
}

extension PrometheusSeries: MeterHandler {
  func set(_ value: Int64) { assign(Double(value)) }
  func set(_ value: Double) { assign(value) }
  func decrement(by amount: Double) { add(-amount) }
}

extension PrometheusSeries: RecorderHandler {
  func record(_ value: Int64) { observe(Double(value)) }
  func record(_ value: Double) { observe(value) }
}

extension PrometheusSeries: TimerHandler {
  /// A histogram of times is in seconds.
  func recordNanoseconds(_ duration: Int64) { observe(Double(duration) / 1e9) }
}
