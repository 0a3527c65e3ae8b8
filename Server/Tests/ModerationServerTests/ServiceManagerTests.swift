import Foundation
import Logging
import Testing

@testable import ModerationServer

struct ServiceManagerTests {
  @Test func `systemd is told at its socket, and nobody without one`() async throws {
    let path = "/tmp/notify-\(UUID().uuidString.prefix(8))"
    let socket = try DatagramSocket(path: path)
    defer { socket.end() }
    let logger = Logger(label: "test")
    await ServiceManager.notify("READY=1", logger: logger, environment: [:])
    await ServiceManager.notify("STOPPING=1", logger: logger, environment: ["NOTIFY_SOCKET": path])
    #expect(socket.received() == "STOPPING=1")
    #expect(socket.received() == nil)
  }
}

/// A socket that takes datagrams from whoever sends them, as systemd's does.
private struct DatagramSocket {
  private let path: String
  private let descriptor: Int32

  init(path: String) throws {
    self.path = path
    #if canImport(Darwin)
      descriptor = socket(AF_UNIX, SOCK_DGRAM, 0)
    #else
      descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    #endif
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = unsafe withUnsafePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, size)
      }
    }
    guard result == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
  }

  /// The next datagram that has come; nil if none has.
  func received() -> String? {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = unsafe bytes.withUnsafeMutableBytes {
      unsafe recv(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
    }
    return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  func end() {
    close(descriptor)
    try? FileManager.default.removeItem(atPath: path)
  }
}
