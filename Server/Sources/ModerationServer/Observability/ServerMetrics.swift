import Metrics
import Moderation
import Synchronization

/// The APIs of the server, as metrics and logs name them.
enum API: String, Sendable, CaseIterable {
  case native, openai, tei, perspective, mistral, kserve, azure, matrix
  /// Probes, metrics, and paths that there are not.
  case server
}

/// What the server counts and times. Every series is there from the start, at zero.
final class ServerMetrics: Sendable {
  let factory: PrometheusFactory
  let queueSize: Meter
  private let queueDuration: Timer
  private let passDuration: Timer
  private let batchItems: Recorder
  private let batchTokens: Recorder
  private let droppedItems: Counter
  let reloads: Counter
  let failedReloads: Counter
  private let requests: [API: APISeries]
  private let reports: [FeedbackStore.Outcome: Counter]
  private let refusals = Mutex<[String: Counter]>([:])
  private let models = Mutex<[String: ModelSeries]>([:])
  let tei: TEIMetrics

  /// The series of one API.
  private struct APISeries {
    var statuses: [String: Counter]
    var duration: Timer
    var items: Counter
  }

  /// The series of one model.
  private struct ModelSeries {
    var tokens: Counter
    var truncations: Counter
    var windows: Counter
    var failures: Counter
    var labels: [String: (flags: Counter, scores: Recorder)]
    var digest: String
  }

  /// The statuses that are counted apart; all others count as their class.
  static let statuses = ["2xx", "4xx", "401", "413", "422", "429", "5xx"]

  init(factory: PrometheusFactory = PrometheusFactory()) {
    self.factory = factory
    Self.describe(factory)
    func counter(_ name: String, _ labels: [(String, String)] = []) -> Counter {
      Counter(label: name, dimensions: labels, factory: factory)
    }
    queueSize = Meter(label: "moderation_queue_items", factory: factory)
    queueDuration = Timer(label: "moderation_queue_duration_seconds", factory: factory)
    passDuration = Timer(label: "moderation_pass_duration_seconds", factory: factory)
    batchItems = Recorder(label: "moderation_pass_items", factory: factory)
    batchTokens = Recorder(label: "moderation_pass_tokens", factory: factory)
    droppedItems = counter("moderation_abandoned_requests_total")
    reloads = counter("moderation_reloads_total", [("result", "success")])
    failedReloads = counter("moderation_reloads_total", [("result", "failure")])
    reports = Dictionary(
      uniqueKeysWithValues: FeedbackStore.Outcome.allCases.map { outcome in
        (outcome, counter("moderation_feedback_total", [("result", outcome.rawValue)]))
      })
    tei = TEIMetrics(factory)
    requests = Dictionary(
      uniqueKeysWithValues: API.allCases.map { api in
        let label = [("api", api.rawValue)]
        let statuses = Self.statuses.map {
          ($0, counter("moderation_requests_total", label + [("status", $0)]))
        }
        return (
          api,
          APISeries(
            statuses: Dictionary(uniqueKeysWithValues: statuses),
            duration: Timer(
              label: "moderation_request_duration_seconds", dimensions: label, factory: factory),
            items: counter("moderation_items_total", label))
        )
      })
  }

  private static func describe(_ factory: PrometheusFactory) {
    let durations = PrometheusFactory.durations
    let powers = (0...14).map { Double(1 << $0) }
    let shares = (1...10).map { Double($0) / 10 }
    factory.describe("moderation_requests_total", .counter, "Requests answered, by API and status.")
    factory.describe(
      "moderation_request_duration_seconds", .histogram,
      "Time from a request's head to its answer.", buckets: durations)
    factory.describe("moderation_items_total", .counter, "Messages and texts in requests.")
    factory.describe("moderation_queue_items", .gauge, "Items that wait for the model.")
    factory.describe(
      "moderation_queue_duration_seconds", .histogram,
      "Time an item waited for its pass.", buckets: durations)
    factory.describe(
      "moderation_pass_duration_seconds", .histogram, "Time of a pass through the model.",
      buckets: durations)
    factory.describe(
      "moderation_pass_items", .histogram, "Items of a pass through the model.", buckets: powers)
    factory.describe(
      "moderation_pass_tokens", .histogram, "Tokens of a pass, estimated by bytes.",
      buckets: powers)
    factory.describe(
      "moderation_abandoned_requests_total", .counter,
      "Requests whose client went away, or whose time was up, while they waited.")
    factory.describe(
      "moderation_rate_limited_total", .counter, "Requests over the rate of their tenant.")
    factory.describe("moderation_feedback_total", .counter, "Reports of people about messages.")
    factory.describe("moderation_reloads_total", .counter, "Reloads of the models.")
    factory.describe("moderation_tokens_total", .counter, "Tokens of messages, before truncation.")
    factory.describe("moderation_truncations_total", .counter, "Messages that lost tokens.")
    factory.describe("moderation_windows_total", .counter, "Windows that messages were read in.")
    factory.describe("moderation_failures_total", .counter, "Items that the model could not judge.")
    factory.describe("moderation_flags_total", .counter, "Messages on which a label fired.")
    factory.describe(
      "moderation_score", .histogram, "Scores of a label, for drift.", buckets: shares)
    factory.describe(
      "moderation_bundle_info", .gauge, "The digest of each model's bundle; always 1.")
  }

  /// Registers the series of models, and takes away the digests of those that are gone.
  func register(_ loaded: [LoadedModel]) {
    models.withLock { models in
      for model in loaded {
        let label = [("model", model.name)]
        func counter(_ name: String, _ labels: [(String, String)] = []) -> Counter {
          Counter(label: name, dimensions: label + labels, factory: factory)
        }
        let labels = model.moderator.bundle.labels.map(\.name).map { name in
          (
            name,
            (
              flags: counter("moderation_flags_total", [("label", name)]),
              scores: Recorder(
                label: "moderation_score", dimensions: label + [("label", name)], factory: factory)
            )
          )
        }
        if let old = models[model.name], old.digest != model.digest {
          factory.remove("moderation_bundle_info", label + [("digest", old.digest)])
        }
        Meter(
          label: "moderation_bundle_info", dimensions: label + [("digest", model.digest)],
          factory: factory
        ).set(1)
        models[model.name] = ModelSeries(
          tokens: counter("moderation_tokens_total"),
          truncations: counter("moderation_truncations_total"),
          windows: counter("moderation_windows_total"),
          failures: counter("moderation_failures_total"),
          labels: Dictionary(labels) { first, _ in first }, digest: model.digest)
      }
    }
  }

  /// Registers the series of tenants that have a rate.
  func register(_ access: Access) {
    refusals.withLock { refusals in
      for (name, tenant) in access.tenants where tenant.bucket != nil {
        refusals[name] = Counter(
          label: "moderation_rate_limited_total", dimensions: [("key", name)], factory: factory)
      }
    }
  }

  /// Counts a request over its tenant's rate.
  func limited(_ tenant: Tenant) { refusals.withLock { $0[tenant.name] }?.increment() }

  func reported(_ outcome: FeedbackStore.Outcome) { reports[outcome]?.increment() }

  func answered(_ record: RequestRecord.Values, status: Int, in duration: Duration) {
    guard let series = requests[record.api] else { return }
    let exact = String(status)
    let name = series.statuses[exact] == nil ? "\(status / 100)xx" : exact
    (series.statuses[name] ?? series.statuses["5xx"])?.increment()
    series.duration.record(duration: duration)
    if record.items > 0 { series.items.increment(by: record.items) }
  }

  func passed(_ batch: BatchQueue.Batch, in duration: Duration) {
    passDuration.record(duration: duration)
    batchItems.record(batch.items.count)
    batchTokens.record(batch.tokens)
    tei.batchSize.record(batch.items.count)
    tei.batchTokens.record(batch.tokens)
  }

  func finished(_ outcome: Submission.Outcome, of model: LoadedModel) {
    queueDuration.record(duration: outcome.times.queue)
    guard let series = models.withLock({ $0[model.name] }) else { return }
    var (tokens, windows) = (0, 0)
    for result in outcome.results {
      switch result {
      case .verdict(let verdict):
        tokens += verdict.tokenCount
        windows += verdict.windowCount
        if verdict.isTruncated { series.truncations.increment() }
        for label in verdict.labels {
          guard let own = series.labels[label.name] else { continue }
          own.scores.record(Double(label.score))
          if label.isFlagged { own.flags.increment() }
        }
      case .failure: series.failures.increment()
      case .vector, .tokenVectors: break
      }
    }
    series.tokens.increment(by: tokens)
    series.windows.increment(by: windows)
  }

  func dropped() {
    droppedItems.increment()
    tei.failed("dropped")
  }
}
