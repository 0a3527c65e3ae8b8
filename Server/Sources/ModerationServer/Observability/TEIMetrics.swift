import Metrics

/// Metrics under the names that text-embeddings-inference gives them, for its dashboards and for
/// autoscalers that look at `te_queue_size`.
final class TEIMetrics: Sendable {
  let queueSize: Meter
  let batchSize: Recorder
  let batchTokens: Recorder
  private let inputLength: Recorder
  private let counts: [String: Counter]
  private let failures: [String: Counter]
  private let timers: [String: Timer]

  static let methods = ["single", "batch"]
  static let errors = [
    "batch_size", "validation", "model_type", "overloaded", "tokenization", "inference", "dropped",
    "missing_values",
  ]
  private static let stages = [
    "duration", "tokenization_duration", "queue_duration", "inference_duration",
  ]

  init(_ factory: PrometheusFactory) {
    // Its buckets: 1.5ⁿ times 10 µs.
    var bounds: [Double] = []
    var bound = 0.00001
    for _ in 1...35 {
      bound *= 1.5
      bounds.append(bound)
    }
    let powers = (0...14).map { Double(1 << $0) }
    factory.describe("te_queue_size", .gauge, "Items that wait for the model.")
    factory.describe("te_batch_next_size", .histogram, "Items of a pass.", buckets: powers)
    factory.describe("te_batch_next_tokens", .histogram, "Tokens of a pass.", buckets: powers)
    factory.describe("te_request_input_length", .histogram, "Tokens of an input.", buckets: powers)
    factory.describe("te_request_count", .untyped, "Requests of the TEI routes.")
    factory.describe("te_request_success", .untyped, "Requests of the TEI routes that succeeded.")
    factory.describe("te_request_failure", .untyped, "Requests of the TEI routes that failed.")
    queueSize = Meter(label: "te_queue_size", factory: factory)
    batchSize = Recorder(label: "te_batch_next_size", factory: factory)
    batchTokens = Recorder(label: "te_batch_next_tokens", factory: factory)
    inputLength = Recorder(label: "te_request_input_length", factory: factory)
    var counts: [String: Counter] = [:]
    for name in ["te_request_count", "te_request_success"] {
      for method in Self.methods {
        counts[name + method] = Counter(
          label: name, dimensions: [("method", method)], factory: factory)
      }
    }
    for kind in ["embed", "predict"] {
      for name in ["te_\(kind)_count", "te_\(kind)_success"] {
        factory.describe(name, .untyped, "Inputs of \(kind) requests.")
        counts[name] = Counter(label: name, factory: factory)
      }
    }
    self.counts = counts
    failures = Dictionary(
      uniqueKeysWithValues: Self.errors.map {
        ($0, Counter(label: "te_request_failure", dimensions: [("err", $0)], factory: factory))
      })
    var timers: [String: Timer] = [:]
    for kind in ["request", "embed", "predict"] {
      for stage in Self.stages {
        let name = "te_\(kind)_\(stage)"
        factory.describe(name, .histogram, "Seconds of a request's \(stage).", buckets: bounds)
        timers[name] = Timer(label: name, factory: factory)
      }
    }
    self.timers = timers
  }

  /// Counts a request that begins.
  func began(isBatch: Bool, kind: String, items: Int) {
    counts["te_request_count" + (isBatch ? "batch" : "single")]?.increment()
    counts["te_\(kind)_count"]?.increment(by: items)
  }

  /// Counts a request that has its answer.
  func succeeded(isBatch: Bool, kind: String, items: Int, times: TEITimes, tokens: [Int]) {
    counts["te_request_success" + (isBatch ? "batch" : "single")]?.increment()
    counts["te_\(kind)_success"]?.increment(by: items)
    for count in tokens { inputLength.record(count) }
    for name in ["request", kind] {
      timers["te_\(name)_duration"]?.record(duration: times.total)
      timers["te_\(name)_tokenization_duration"]?.record(duration: times.tokenization)
      timers["te_\(name)_queue_duration"]?.record(duration: times.queue)
      timers["te_\(name)_inference_duration"]?.record(duration: times.inference)
    }
  }

  func failed(_ error: String) { failures[error]?.increment() }
}

/// The times of a request, as TEI's headers tell them.
struct TEITimes: Sendable {
  var total = Duration.zero
  var tokenization = Duration.zero
  var queue = Duration.zero
  var inference = Duration.zero
}
