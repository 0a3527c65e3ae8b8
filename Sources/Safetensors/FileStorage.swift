import JSON
import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// How the pages of a file are going to be used; hints to the kernel, which may ignore them.
package enum PageAdvice: Sendable {
  /// Soon: read ahead.
  case willNeed
  /// From front to back.
  case sequential
  /// Here and there, as rows of an embedding table are.
  case random
  /// Not for a while: the pages may be dropped and are read again on the next use.
  case doNotNeed
}

/// The bytes of one file, mapped read-only and shared with every process that maps it, or a copy in
/// memory.
///
/// A file that is cut while it is mapped makes the kernel stop the process on the next read of the
/// lost part; replace model files by renaming a new one over them, never in place.
@safe final class FileStorage: Sendable {
  let name: String
  let count: Int
  /// Aligned to 64 bytes at least.
  private nonisolated(unsafe) let base: UnsafeRawPointer?
  private let isMapped: Bool

  init(mapping path: String) throws(SafetensorsError) {
    name = path
    let descriptor: FileDescriptor
    do { (descriptor, count) = try RegularFile.open(path) } catch {
      throw .cannotRead(file: path, reason: error.reason)
    }
    defer { try? descriptor.close() }
    isMapped = count > 0
    guard count > 0 else {
      unsafe base = nil
      return
    }
    let address = unsafe mmap(nil, count, PROT_READ, MAP_SHARED, descriptor.rawValue, 0)
    guard let address = unsafe address, unsafe address != MAP_FAILED else {
      throw .cannotRead(file: path, reason: FileStorage.reason())
    }
    unsafe base = UnsafeRawPointer(address)
  }

  init(copying bytes: [UInt8], name: String) {
    self.name = name
    count = bytes.count
    isMapped = false
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, count), alignment: 64)
    unsafe copy.copyBytes(from: bytes)
    unsafe base = UnsafeRawPointer(copy.baseAddress)
  }

  deinit {
    guard let base = unsafe base else { return }
    if isMapped {
      unsafe munmap(UnsafeMutableRawPointer(mutating: base), count)
    } else {
      unsafe base.deallocate()
    }
  }

  /// Calls `body` with the bytes of a range that lies within the file.
  func withBytes<Result, Failure: Error>(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    // Nothing below mentions this object, and without it the pages are gone.
    defer { withExtendedLifetime(self) {} }
    guard let base = unsafe base, !range.isEmpty else {
      return try unsafe body(UnsafeRawBufferPointer(start: nil, count: 0))
    }
    return try unsafe body(
      UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
  }

  func advise(_ advice: PageAdvice, _ range: Range<Int>) {
    guard isMapped, let base = unsafe base, !range.isEmpty else { return }
    let page = Int(getpagesize())
    let start = range.lowerBound / page * page
    let value =
      switch advice {
      case .willNeed: MADV_WILLNEED
      case .sequential: MADV_SEQUENTIAL
      case .random: MADV_RANDOM
      case .doNotNeed: MADV_DONTNEED
      }
    unsafe madvise(
      UnsafeMutableRawPointer(mutating: base + start), range.upperBound - start, value)
  }

  static func reason() -> String { "\(Errno(rawValue: errno))" }
}
