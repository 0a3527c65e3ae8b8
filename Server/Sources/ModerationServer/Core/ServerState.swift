import Synchronization

/// What all requests share.
final class ServerState: Sendable {
  let models: ModelRegistry
  let compute: ComputeThread
  let limits: Limits
  let metrics: ServerMetrics
  /// The server's address as clients see it, where it is not the request's `Host`.
  let publicURL: String?
  let corsOrigins: [String]
  /// Threads that a pass is computed on.
  let threads: Int
  private let mutableKeys: Mutex<APIKeys>
  private let draining = Atomic<Bool>(false)

  init(
    models: ModelRegistry, limits: Limits = Limits(), keys: APIKeys = APIKeys(),
    publicURL: String? = nil, corsOrigins: [String] = [], threads: Int = 1,
    metrics: ServerMetrics = ServerMetrics()
  ) {
    self.models = models
    self.limits = limits
    self.metrics = metrics
    self.publicURL = publicURL
    self.corsOrigins = corsOrigins
    self.threads = threads
    mutableKeys = Mutex(keys)
    compute = ComputeThread(limits: limits, metrics: metrics)
    metrics.register(models.all)
  }

  var keys: APIKeys {
    get { mutableKeys.withLock { $0 } }
    set { mutableKeys.withLock { $0 = newValue } }
  }

  /// Whether the server has been asked to stop.
  var isDraining: Bool { draining.load(ordering: .acquiring) }
  func drain() { draining.store(true, ordering: .releasing) }
}
