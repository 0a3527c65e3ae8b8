import Logging
import NIOCore
import NIOPosix
import Platform

/// Tells systemd how the server is doing, where systemd asks for it (`Type=notify`).
enum ServiceManager {
  /// Sends one datagram, as sd_notify(3) does: `READY=1` or `STOPPING=1`. Without the variable
  /// `NOTIFY_SOCKET` nothing is sent.
  static func notify(
    _ state: String, logger: Logger,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) async {
    guard let path = environment["NOTIFY_SOCKET"], path.hasPrefix("/") else { return }
    do {
      let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connect(unixDomainSocketPath: path).get()
      try await channel.writeAndFlush(ByteBuffer(string: state)).get()
      try await channel.close().get()
    } catch {
      logger.warning("systemd was not told", metadata: ["state": "\(state)", "reason": "\(error)"])
    }
  }
}
