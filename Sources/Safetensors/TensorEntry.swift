import JSON

/// A tensor as the header describes it.
struct TensorEntry: Sendable, Equatable {
  let name: String
  let elementType: ElementType
  let shape: [Int]
  /// Of its bytes, from the start of the file.
  let range: Range<Int>
}

/// The header of a safetensors file: 8 bytes with its length (little-endian), JSON, then the data.
///
/// Everything that the format promises is checked: the tensors cover the data without overlap, hole
/// or remainder, and each spans as many bytes as its shape and type need. So a later read cannot
/// leave the file.
struct SafetensorsHeader: Sendable {
  /// What a tree of JSON may take: a checkpoint of a thousand tensors has 100 kB. The reference
  /// implementation reads up to 100 MB.
  static let maximumLength = JSONOptions.strict.maximumTreeBytes
  static let metadataKey = "__metadata__"
  /// Tensors of a file, and bytes of the name of one: what goes over all names stays short.
  static let mostTensors = 65_536
  static let longestName = 1024

  /// In the order of their data.
  let entries: [TensorEntry]
  let metadata: [String: String]

  init(of storage: FileStorage) throws(SafetensorsError) {
    let file = storage.name
    guard storage.count >= 8 else {
      try Self.requireNoOtherContent(storage)
      throw .tooSmall(file: file, bytes: storage.count)
    }
    let length = unsafe storage.withBytes(0..<8) { bytes in
      unsafe UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    }
    guard length <= UInt64(Self.maximumLength) else {
      try Self.requireNoOtherContent(storage)
      throw .headerTooLarge(file: file, length: length, limit: Self.maximumLength)
    }
    let dataStart = 8 + Int(length)
    guard dataStart <= storage.count else {
      throw .headerBeyondEnd(file: file, length: Int(length), fileSize: storage.count)
    }
    let text = unsafe storage.withBytes(8..<dataStart) { bytes in unsafe Array(bytes) }
    let members: JSONObject
    do {
      members = try JSONValue(parsing: text).object()
    } catch {
      throw .invalidHeader(file: file, error)
    }

    var entries: [TensorEntry] = []
    var metadata: [String: String] = [:]
    var names: Set<String> = []
    guard members.count <= Self.mostTensors else {
      throw .invalidHeader(
        file: file,
        .invalid(
          path: "$", reason: "has \(members.count) keys; at most \(Self.mostTensors) are read"))
    }
    entries.reserveCapacity(members.count)
    for (name, value) in members {
      guard name.utf8.count <= Self.longestName else {
        throw .invalidEntry(
          file: file, tensor: name.prefix(40) + "…",
          reason: "a name of \(name.utf8.count) bytes; at most \(Self.longestName) are read")
      }
      if name == Self.metadataKey {
        metadata = try Self.metadata(value, file)
      } else {
        entries.append(try Self.entry(name, value, storage, dataStart))
        // The JSON reader has rejected equal bytes; Swift also takes canonically equivalent
        // spellings for one string, and so would the lookup.
        guard names.insert(name).inserted else {
          throw .invalidEntry(
            file: file, tensor: name, reason: "another name differs only in its Unicode spelling")
        }
      }
    }
    // Empty tensors first among those that begin together, so that they overlap nothing.
    entries.sort {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    try Self.checkCoverage(entries, storage, dataStart)
    self.entries = entries
    self.metadata = metadata
  }

  /// Throws an error that names the content if the file holds something else that is recognised.
  private static func requireNoOtherContent(_ storage: FileStorage) throws(SafetensorsError) {
    if let content = FileContent.misplaced(storage.bytes(0..<min(512, storage.count))) {
      throw .cannotRead(file: storage.name, reason: "it holds \(content)")
    }
  }

  private static func metadata(
    _ value: JSONValue, _ file: String
  ) throws(SafetensorsError) -> [String: String] {
    guard value != .null else { return [:] }
    var metadata: [String: String] = [:]
    do {
      for key in try value.object().keys { metadata[key] = try value.string(key) }
    } catch {
      throw .invalidHeader(file: file, error.within(metadataKey))
    }
    return metadata
  }

  private static func entry(
    _ name: String, _ value: JSONValue, _ storage: FileStorage, _ dataStart: Int
  ) throws(SafetensorsError) -> TensorEntry {
    let file = storage.name
    let typeName: String
    let shape: [Int]
    let offsets: [Int]
    do {
      typeName = try value.string("dtype")
      shape = try integers(value, "shape")
      offsets = try integers(value, "data_offsets")
    } catch {
      throw .invalidHeader(file: file, error.within(name))
    }
    guard let type = ElementType(rawValue: typeName) else {
      throw .unknownElementType(file: file, tensor: name, type: typeName)
    }
    guard offsets.count == 2 else {
      throw .invalidEntry(
        file: file, tensor: name, reason: "data_offsets should be two numbers, not \(offsets.count)"
      )
    }
    guard let size = type.byteCount(shape: shape) else {
      throw .invalidShape(file: file, tensor: name, shape: shape, type: type)
    }
    let (begin, end) = (offsets[0], offsets[1])
    let dataSize = storage.count - dataStart
    guard begin < 0 || end <= dataSize || end - begin != size else {
      throw .cutOff(file: file, tensor: name, missing: end - dataSize)
    }
    guard begin >= 0, begin <= end, end <= dataSize else {
      throw .invalidOffsets(file: file, tensor: name, begin: begin, end: end, dataSize: dataSize)
    }
    guard end - begin == size else {
      throw .sizeMismatch(file: file, tensor: name, expected: size, found: end - begin)
    }
    return TensorEntry(
      name: name, elementType: type, shape: shape, range: dataStart + begin..<dataStart + end)
  }

  /// Numbers that are written as integers: `1.0` is no dimension.
  private static func integers(
    _ value: JSONValue, _ key: String
  ) throws(JSONError) -> [Int] {
    let integers = try value.ints(key)
    for (index, element) in try value.array(key).enumerated() {
      guard case .number(let number) = element, Int(number.text) != nil else {
        throw .wrongKind(path: "\(key)[\(index)]", expected: "an integer", found: "a fraction")
      }
    }
    return integers
  }

  private static func checkCoverage(
    _ entries: [TensorEntry], _ storage: FileStorage, _ dataStart: Int
  ) throws(SafetensorsError) {
    var end = dataStart
    var last = ""
    for entry in entries {
      if entry.range.lowerBound < end {
        throw .overlap(file: storage.name, tensor: entry.name, with: last)
      }
      if entry.range.lowerBound > end {
        throw .hole(
          file: storage.name, before: entry.name, bytes: entry.range.lowerBound - end)
      }
      end = entry.range.upperBound
      last = entry.name
    }
    if end != storage.count {
      throw .trailingBytes(file: storage.name, bytes: storage.count - end)
    }
  }
}
