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
  /// Whether browsers get a page to try messages on.
  let hasPlayground: Bool
  /// Threads that a pass is computed on.
  let threads: Int
  let audit: AuditLog?
  let feedback: FeedbackStore?
  let shadow: ShadowRunner?
  private let mutableAccess: Mutex<Access>
  private let draining = Atomic<Bool>(false)

  init(
    models: ModelRegistry, limits: Limits = Limits(), access: Access = Access(),
    publicURL: String? = nil, corsOrigins: [String] = [], hasPlayground: Bool = true,
    threads: Int = 1, audit: AuditLog? = nil, feedback: FeedbackStore? = nil,
    shadows: (models: ModelRegistry, rates: [Double])? = nil,
    metrics: ServerMetrics = ServerMetrics()
  ) {
    self.models = models
    self.limits = limits
    self.metrics = metrics
    self.publicURL = publicURL
    self.corsOrigins = corsOrigins
    self.hasPlayground = hasPlayground
    self.threads = threads
    self.audit = audit
    self.feedback = feedback
    mutableAccess = Mutex(access)
    let compute = ComputeThread(limits: limits, metrics: metrics)
    self.compute = compute
    shadow = shadows.map { shadows in
      ShadowRunner(
        shadows.models, rates: shadows.rates, factory: metrics.factory, audit: audit
      ) { compute.isIdle }
    }
    metrics.register(models.all)
    metrics.register(access)
  }

  /// The keys and the tenants.
  var access: Access {
    get { mutableAccess.withLock { $0 } }
    set { mutableAccess.withLock { $0 = newValue } }
  }

  /// Whether the server has been asked to stop.
  var isDraining: Bool { draining.load(ordering: .acquiring) }
  func drain() { draining.store(true, ordering: .releasing) }
}
