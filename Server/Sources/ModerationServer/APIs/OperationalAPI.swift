import HTTPTypes
import JSON
import Metrics
import Platform

/// Probes and metrics. They need no key, whoever asks.
enum OperationalAPI {
  static let dialect = Dialect(api: .server, render: NativeAPI.dialect.render)

  static let endpoints = [
    Endpoint(.get, "/health", dialect, isPublic: true, handle: ready),
    Endpoint(.get, "/health/live", dialect, isPublic: true) { _ in Answer(["status": "live"]) },
    Endpoint(.get, "/health/ready", dialect, isPublic: true, handle: ready),
    Endpoint(.get, "/metrics", dialect, isPublic: true, handle: metrics),
  ]

  /// Whether requests should be sent here. TEI's error, as its clients look at `/health` too.
  private static let ready: @Sendable (Call) -> Answer = { call in
    call.server.isDraining
      ? Answer(["error": "unhealthy", "error_type": "Unhealthy"], status: 503)
      : Answer(["status": "ready"])
  }

  private static let metrics: @Sendable (Call) -> Answer = { call in
    call.server.metrics.tei.queueSize.set(call.server.compute.waiting)
    return Answer(
      mediaType: "text/plain; version=0.0.4; charset=utf-8",
      bytes: Array((call.server.metrics.factory.text() + ProcessMetrics.text()).utf8))
  }
}
