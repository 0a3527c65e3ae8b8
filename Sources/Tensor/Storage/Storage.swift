/// Memory for so many elements, on a 64-byte boundary: its own, or borrowed from a mapped file whose
/// owner it keeps alive.
@safe
package final class Storage<Element: BitwiseCopyable>: @unchecked Sendable {
  @unsafe let base: UnsafeMutablePointer<Element>
  package let count: Int
  private let owner: AnyObject?

  /// Bytes past the end that may be read, so that a kernel can load a whole vector at the last element.
  private static var slack: Int { 256 }

  /// Zeroed memory.
  package convenience init(count: Int) {
    self.init(uninitialized: count)
    unsafe UnsafeMutableRawPointer(base).initializeMemory(
      as: UInt8.self, repeating: 0, count: count * MemoryLayout<Element>.stride + Self.slack)
  }

  /// Memory that its owner writes before anybody reads it.
  init(uninitialized count: Int) {
    precondition(count >= 0, "a storage has no negative size")
    self.count = count
    owner = nil
    let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    precondition(
      !overflow && size <= .max - Self.slack,
      "a storage of \(count) elements does not fit the address space")
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: size + Self.slack, alignment: 64)
    unsafe Memory.populate(memory)
    unsafe base = memory.bindMemory(to: Element.self).baseAddress.unsafelyUnwrapped
  }

  /// Read-only memory that belongs to `owner`, which is kept alive. It is aligned to its elements.
  package init(borrowing elements: UnsafeBufferPointer<Element>, owner: AnyObject) {
    unsafe base = UnsafeMutablePointer(
      mutating: elements.baseAddress ?? UnsafePointer(bitPattern: 64).unsafelyUnwrapped)
    count = elements.count
    self.owner = owner
  }

  deinit {
    if owner == nil { unsafe UnsafeMutableRawPointer(base).deallocate() }
  }

  package subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count)
      return unsafe base[index]
    }
    set {
      precondition(index >= 0 && index < count)
      unsafe base[index] = newValue
    }
  }

  /// Calls `body` with the bytes of all elements.
  package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows
    -> Result
  {
    defer { withExtendedLifetime(self) {} }
    return try unsafe body(
      UnsafeRawBufferPointer(start: base, count: count * MemoryLayout<Element>.stride))
  }
}
