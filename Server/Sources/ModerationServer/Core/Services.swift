import Logging
import Metrics
import NIOPosix
import ServiceLifecycle
import UnixSignals

/// Stops the threads that compute and write when everything that may need it has stopped.
struct ComputeService: Service {
  let state: ServerState

  func run() async throws {
    try? await gracefulShutdown()
    await state.compute.stop()
    await state.shadow?.stop()
    await state.feedback?.stop()
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

/// Loads the models, the keys and the tenants anew, and opens the audit log again, on SIGHUP.
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
        let models = try state.models.loadAgain()
        let shadows = try state.shadow?.registry.loadAgain()
        let access = try settings.access(models: models, old: state.access)
        state.models.replace(with: models)
        if let shadows { state.shadow?.replace(with: shadows) }
        state.access = access
        state.metrics.register(models)
        state.metrics.register(access)
        state.audit?.reopen()
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
