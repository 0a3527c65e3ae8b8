import JSON
package import Platform

/// Writes a safetensors file piece by piece, so that a tensor need never be in memory as a whole.
///
/// The tensors are announced first; their bytes follow in that order, in pieces of any size. The
/// data starts at a multiple of 64 bytes. The file appears under its name only when it is complete.
/// ```swift
/// var writer = try SafetensorsWriter(url, tensors: [.init("weight", .float32, [2, 3])])
/// try writer.write([1, 2, 3, 4, 5, 6] as [Float])
/// try writer.finish()
/// ```
package struct SafetensorsWriter: ~Copyable {
  /// A tensor as the writer is told of it before its data.
  package struct Announcement: Sendable, Equatable {
    package let name: String
    package let elementType: ElementType
    package let shape: [Int]

    package init(_ name: String, _ elementType: ElementType, _ shape: [Int]) {
      self.name = name
      self.elementType = elementType
      self.shape = shape
    }
  }

  private let file: PartialFile
  /// Bytes of data announced, and written so far.
  private let dataSize: Int
  private var written = 0

  /// Creates the file and writes its header.
  package init(
    _ url: URL, tensors: [Announcement], metadata: [String: String] = [:]
  ) throws(SafetensorsError) {
    let (header, dataSize) = try Self.header(tensors, metadata, url.path)
    let file = try PartialFile(for: url.path)
    try unsafe file.write(header.span.bytes)
    self.file = file
    self.dataSize = dataSize
  }

  /// Appends bytes of the tensors, in the order announced.
  package mutating func write(_ bytes: RawSpan) throws(SafetensorsError) {
    guard bytes.byteCount <= dataSize - written else {
      throw .writerMisuse(
        file: file.path, reason: "\(written + bytes.byteCount) bytes for tensors of \(dataSize)")
    }
    try file.write(bytes)
    written += bytes.byteCount
  }

  /// Appends elements of the tensors, in the order announced.
  package mutating func write<Element: BitwiseCopyable>(
    _ elements: [Element]
  ) throws(SafetensorsError) {
    // Not `elements.span.bytes`: optimised, Swift 6.3 reads an array that is gone.
    try unsafe elements.withUnsafeBufferPointer { (elements) throws(SafetensorsError) in
      try unsafe write(UnsafeRawBufferPointer(elements).bytes)
    }
  }

  /// Completes the file and gives it its name.
  public consuming func finish() throws(SafetensorsError) {
    guard written == dataSize else {
      throw .writerMisuse(
        file: file.path, reason: "only \(written) of the \(dataSize) bytes announced were written")
    }
    try file.complete()
  }

  private static func header(
    _ tensors: [Announcement], _ metadata: [String: String], _ file: String
  ) throws(SafetensorsError) -> (bytes: [UInt8], dataSize: Int) {
    var names: Set<String> = [SafetensorsHeader.metadataKey]
    var writer = JSONWriter()
    var offset = 0
    try writer.object { (writer) throws(SafetensorsError) in
      if !metadata.isEmpty {
        writer.key(SafetensorsHeader.metadataKey)
        writer.object { writer in
          for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            writer.member(key, value)
          }
        }
      }
      for tensor in tensors {
        guard names.insert(tensor.name).inserted else {
          throw .writerMisuse(file: file, reason: "tensor \(tensor.name) is announced twice")
        }
        let size = tensor.elementType.byteCount(shape: tensor.shape)
        guard let size, size <= Int.max - offset else {
          throw .invalidShape(
            file: file, tensor: tensor.name, shape: tensor.shape, type: tensor.elementType)
        }
        writer.key(tensor.name)
        writer.object { writer in
          writer.member("dtype", tensor.elementType.rawValue)
          writer.key("shape")
          writer.array { for dimension in tensor.shape { $0.value(dimension) } }
          writer.key("data_offsets")
          writer.array {
            $0.value(offset)
            $0.value(offset + size)
          }
        }
        offset += size
      }
    }
    // Spaces at the end are part of the format.
    let padding = (64 - (8 + writer.bytes.count) % 64) % 64
    let json = writer.bytes + [UInt8](repeating: UInt8(ascii: " "), count: padding)
    let length = UInt64(json.count)
    let prefix = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    return (prefix + json, offset)
  }
}
