/// Byte strings one after the other in one buffer.
struct PieceTable: Sendable {
  private(set) var bytes: [UInt8] = []
  /// Where each piece begins, and where the last ends.
  private(set) var offsets: [UInt32] = [0]

  var count: Int { offsets.count - 1 }

  mutating func reserve(pieces: Int, bytes count: Int) {
    offsets.reserveCapacity(pieces + 1)
    bytes.reserveCapacity(count)
  }

  mutating func append(_ piece: some Sequence<UInt8>) {
    bytes.append(contentsOf: piece)
    offsets.append(UInt32(truncatingIfNeeded: bytes.count))
  }

  /// Appends what `body` writes.
  mutating func append(_ body: (inout [UInt8]) -> Void) {
    body(&bytes)
    offsets.append(UInt32(truncatingIfNeeded: bytes.count))
  }

  @inline(__always)
  func range(_ piece: Int) -> Range<Int> { Int(offsets[piece])..<Int(offsets[piece + 1]) }

  func string(_ piece: Int) -> String { String(decoding: bytes[range(piece)], as: UTF8.self) }
}
