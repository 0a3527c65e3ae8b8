import Logging
import Metrics
import NIOPosix
import ServiceLifecycle
import UnixSignals

/// Stops the compute thread when everything that may need it has stopped.
struct ComputeService: Service {
  let state: ServerState

  func run() async throws {
    try? await gracefulShutdown()
    await state.compute.stop()
  }
}

/// Says that the server is not ready as soon as it is asked to stop, and waits for load balancers to
/// see it, while requests are still taken.
struct ReadinessService: Service {
  let state: ServerState
  let delay: Duration
  let logger: Logger

  func run() async throws {
    try? await gracefulShutdown()
    state.drain()
    await ServiceManager.notify("STOPPING=1", logger: logger)
    try? await Task.sleep(for: delay)
  }
}

/// Loads the models and the keys anew on SIGHUP.
struct ReloadService: Service {
  let state: ServerState
  let settings: ServerSettings
  let logger: Logger

  func run() async throws {
    for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
      await reload()
    }
  }

  private func reload() async {
    let (state, settings) = (state, settings)
    do {
      // Loading blocks its thread for as long as it takes.
      try await NIOThreadPool.singleton.runIfActive {
        let keys = try settings.allKeys()
        try state.models.reload()
        state.keys = keys
        state.metrics.register(state.models.all)
      }
      state.metrics.reloads.increment()
      logger.info(
        "reloaded",
        metadata: [
          "models": .array(
            state.models.all.map { ["name": "\($0.name)", "digest": "\($0.digest)"] })
        ])
    } catch {
      state.metrics.failedReloads.increment()
      logger.error("not reloaded; the old models stay", metadata: ["reason": "\(error)"])
    }
  }
}
