#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Memory of a fixed size, on a 64-byte boundary: its own and zeroed, or borrowed from a mapped file
/// whose owner it keeps alive.
@safe
public final class ByteStorage: @unchecked Sendable {
  @unsafe let base: UnsafeMutableRawPointer
  public let count: Int
  private let owner: AnyObject?

  public init(count: Int) {
    precondition(count >= 0, "a storage has no negative size")
    self.count = count
    owner = nil
    var memory: UnsafeMutableRawPointer?
    let failure = unsafe posix_memalign(&memory, 64, max(64, count))
    guard failure == 0, let memory = unsafe memory else {
      preconditionFailure("no memory for \(count) bytes")
    }
    unsafe memset(memory, 0, max(64, count))
    unsafe base = memory
  }

  /// Read-only memory of somebody else, kept alive by `owner`.
  public init(borrowing bytes: UnsafeRawBufferPointer, owner: AnyObject) {
    unsafe base = UnsafeMutableRawPointer(
      mutating: bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 64).unsafelyUnwrapped)
    count = bytes.count
    self.owner = owner
  }

  deinit {
    if owner == nil { unsafe free(base) }
  }

  public subscript(index: Int) -> UInt8 {
    get {
      precondition(index >= 0 && index < count)
      return unsafe base.load(fromByteOffset: index, as: UInt8.self)
    }
    set {
      precondition(index >= 0 && index < count)
      unsafe base.storeBytes(of: newValue, toByteOffset: index, as: UInt8.self)
    }
  }

  public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows
    -> Result
  {
    defer { withExtendedLifetime(self) {} }
    return try unsafe body(UnsafeRawBufferPointer(start: base, count: count))
  }
}
