/// A tensor in a mapped file: nothing has been read yet, and holding it keeps the mapping alive.
package struct StoredTensor: Sendable {
  package let name: String
  package let elementType: ElementType
  /// Outermost dimension first; empty for a scalar.
  package let shape: [Int]
  let storage: FileStorage
  let range: Range<Int>

  init(_ entry: TensorEntry, in storage: FileStorage) {
    name = entry.name
    elementType = entry.elementType
    shape = entry.shape
    range = entry.range
    self.storage = storage
  }

  /// A tensor in memory.
  package init(_ name: String, _ elements: [Float], shape: [Int]) {
    self.name = name
    elementType = .float32
    self.shape = shape
    let bytes = unsafe elements.withUnsafeBytes { unsafe Array($0) }
    storage = FileStorage(copying: bytes, name: name)
    range = 0..<bytes.count
  }

  /// The same tensor under another name.
  package func renamed(_ name: String) -> StoredTensor {
    StoredTensor(
      TensorEntry(name: name, elementType: elementType, shape: shape, range: range), in: storage)
  }

  /// The number of elements. The header's check has shown that the product fits.
  package var count: Int { shape.reduce(1, *) }
  package var byteCount: Int { range.count }

  /// Whether the elements lie at addresses that their type may be loaded from. The format does not
  /// promise it; the readers below copy when it is not so.
  package var isAligned: Bool { isAligned(to: elementType.alignment) }

  /// Whether the bytes start at a multiple of `alignment` (at most 64).
  package func isAligned(to alignment: Int) -> Bool { range.lowerBound % alignment == 0 }

  /// Calls `body` with the bytes, little-endian, as they are in the file. Valid during the call.
  package func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe storage.withBytes(range, body)
  }

  /// Tells the kernel how the pages will be used.
  package func advise(_ advice: PageAdvice) { storage.advise(advice, range) }

  /// The bytes as they are in the file.
  package func bytes() -> [UInt8] { unsafe withUnsafeBytes { bytes in unsafe Array(bytes) } }
}
