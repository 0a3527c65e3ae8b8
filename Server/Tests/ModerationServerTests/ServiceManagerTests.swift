import Foundation
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import ModerationServer

struct ServiceManagerTests {
  /// Keeps the datagrams of a socket.
  private final class Datagrams: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    let received: AsyncStream<String>.Continuation

    init(_ received: AsyncStream<String>.Continuation) { self.received = received }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      received.yield(String(buffer: unwrapInboundIn(data).data))
    }
  }

  @Test func `systemd is told at its socket, and nobody without one`() async throws {
    let path = "/tmp/notify-\(UUID().uuidString.prefix(8))"
    let (stream, received) = AsyncStream.makeStream(of: String.self)
    let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Datagrams(received))
        }
      }
      .bind(unixDomainSocketPath: path).get()
    let logger = Logger(label: "test")
    await ServiceManager.notify("READY=1", logger: logger, environment: [:])
    await ServiceManager.notify("STOPPING=1", logger: logger, environment: ["NOTIFY_SOCKET": path])
    var messages = stream.makeAsyncIterator()
    #expect(await messages.next() == "STOPPING=1")
    try await channel.close().get()
    try? FileManager.default.removeItem(atPath: path)
  }
}
