/// The tensors of a `pytorch_model.bin`, as `torch.save` writes it since PyTorch 1.6: a zip file with
/// `data.pkl`, which names and shapes the tensors, and one entry of bytes for each storage.
struct PyTorchArchive {
  /// In the order of the pickle.
  let tensors: [StoredTensor]

  /// Whether the file is of PyTorch's and not a safetensors file: a zip file, or the pickle that
  /// older versions wrote. A safetensors file begins with the length of its header.
  static func isOne(_ storage: FileStorage) -> Bool {
    let first = storage.bytes(0..<min(4, storage.count))
    return first.starts(with: [0x50, 0x4B]) || first.starts(with: oldMagic)
  }

  /// The beginning of files of versions before 1.6: a pickle of a long number.
  private static let oldMagic: [UInt8] = [0x80, 0x02, 0x8A, 0x0A]

  init(of storage: FileStorage) throws(SafetensorsError) {
    let file = storage.name
    guard !storage.bytes(0..<min(4, storage.count)).starts(with: Self.oldMagic) else {
      throw .invalidArchive(
        file: file,
        reason: "it was written by PyTorch before 1.6; load it there and save it as safetensors")
    }
    let directory = try ZipDirectory(of: storage)
    let pickles = directory.entries.filter { $0.name.hasSuffix("/data.pkl") }
    guard pickles.count == 1, let pickle = pickles.first else {
      throw .invalidArchive(
        file: file, reason: "it has \(pickles.count) entries data.pkl; PyTorch writes one")
    }
    let root = pickle.name.dropLast("data.pkl".count)
    if let order = directory.entry(named: root + "byteorder") {
      guard order.range.count <= 8, storage.bytes(order.range) == Array("little".utf8) else {
        throw .invalidArchive(file: file, reason: "its numbers are not little-endian")
      }
    }
    guard pickle.range.count <= PickleReader.largestPickle else {
      throw .invalidArchive(
        file: file,
        reason:
          "a pickle of \(pickle.range.count) bytes; at most \(PickleReader.largestPickle) are read")
    }
    let bytes = storage.bytes(pickle.range)
    guard CRC32.checksum(bytes) == pickle.checksum else {
      throw .invalidArchive(file: file, reason: "data.pkl is damaged: its checksum differs")
    }

    var reader = PickleReader(bytes)
    let named: [(name: String, tensor: PickleTensor)]
    do {
      let value = try reader.read()
      named = try reader.stateDictionary(value)
    } catch { throw .invalidPickle(file: file, reason: error.description) }
    var ranges: [String: Range<Int>] = [:]
    for entry in directory.entries where entry.name.hasPrefix(root + "data/") {
      ranges[String(entry.name.dropFirst(root.count + 5))] = entry.range
    }
    var tensors: [StoredTensor] = []
    var names: Set<String> = []
    // Views of one storage whose elements do not lie one after another are copied. A checkpoint has a
    // few; a file of nothing but such views could ask for any amount of memory.
    var copied = 0
    for (name, tensor) in named {
      guard names.insert(name).inserted else {
        throw .invalidEntry(file: file, tensor: name, reason: "the name is repeated")
      }
      guard let range = ranges[tensor.storage.key] else {
        throw .invalidEntry(
          file: file, tensor: name, reason: "there is no entry data/\(tensor.storage.key)")
      }
      let stored = try StoredTensor(name, tensor, storage, range)
      if stored.storage !== storage { copied += stored.byteCount }
      guard copied <= storage.count else {
        throw .invalidEntry(
          file: file, tensor: name,
          reason: "copies of the file's tensors would be larger than it is")
      }
      tensors.append(stored)
    }
    self.tensors = tensors
  }
}

extension PickleReader {
  /// The tensors by name of a dictionary of them, or of the dictionary that it calls `state_dict`.
  func stateDictionary(
    _ value: PickleValue
  ) throws(PickleError) -> [(name: String, tensor: PickleTensor)] {
    guard case .dictionary(let index) = value else {
      throw fail("the file holds no dictionary of tensors")
    }
    var result: [(String, PickleTensor)] = []
    var inner: PickleValue?
    for (key, value) in dictionaries[index] {
      switch (key, value) {
      case (.string(let name), .tensor(let tensor)): result.append((name, tensor))
      case (.string("state_dict"), .dictionary): inner = value
      default: break
      }
    }
    if result.isEmpty, case .dictionary(let index)? = inner {
      for case (.string(let name), .tensor(let tensor)) in dictionaries[index] {
        result.append((name, tensor))
      }
    }
    guard !result.isEmpty else { throw fail("the file holds no dictionary of tensors") }
    return result
  }
}

extension StoredTensor {
  /// A tensor of an archive: in place if its elements lie one after another, else a copy of them in
  /// that order.
  ///
  /// - Parameter entry: where the bytes of its storage are
  init(
    _ name: String, _ tensor: PickleTensor, _ archive: FileStorage, _ entry: Range<Int>
  ) throws(SafetensorsError) {
    let file = archive.name
    let type = tensor.storage.elementType
    guard let size = type.byteCount(shape: tensor.shape) else {
      throw .invalidShape(file: file, tensor: name, shape: tensor.shape, type: type)
    }
    let width = type.bitWidth / 8
    let (expected, overflow) = tensor.storage.count.multipliedReportingOverflow(by: width)
    guard !overflow, entry.count == expected else {
      throw .sizeMismatch(file: file, tensor: name, expected: expected, found: entry.count)
    }
    let count = size / width
    guard count <= tensor.storage.count, tensor.liesWithinStorage(count: count) else {
      throw .invalidEntry(
        file: file, tensor: name,
        reason: "shape \(tensor.shape), strides \(tensor.strides) and offset \(tensor.offset)"
          + " leave its storage of \(tensor.storage.count) elements")
    }
    if tensor.isContiguous || count == 0 {
      let start = entry.lowerBound + (count == 0 ? 0 : tensor.offset * width)
      self.init(
        TensorEntry(
          name: name, elementType: type, shape: tensor.shape, range: start..<start + size),
        in: archive)
    } else {
      var copy: [UInt8] = []
      copy.reserveCapacity(size)
      unsafe archive.withBytes(entry) { bytes in
        tensor.forEachElement(count: count) { element in
          unsafe copy.append(contentsOf: bytes[element * width..<(element + 1) * width])
        }
      }
      self.init(
        TensorEntry(name: name, elementType: type, shape: tensor.shape, range: 0..<size),
        in: FileStorage(copying: copy, name: file))
    }
  }
}

extension PickleTensor {
  /// Whether offset and strides lead to elements of the storage only.
  fileprivate func liesWithinStorage(count: Int) -> Bool {
    guard count > 0 else { return true }
    var last = offset
    guard offset >= 0 else { return false }
    for (size, stride) in zip(shape, strides) {
      guard stride >= 0 else { return false }
      let (reach, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
      let (sum, carry) = last.addingReportingOverflow(reach)
      guard !overflow, !carry else { return false }
      last = sum
    }
    return last < storage.count
  }

  /// Whether the elements lie one after another, the last dimension fastest.
  fileprivate var isContiguous: Bool {
    var expected = 1
    for (size, stride) in zip(shape, strides).reversed() where size != 1 {
      guard stride == expected else { return false }
      expected *= size
    }
    return true
  }

  /// Calls `body` with the place in the storage of each element, the last dimension fastest.
  fileprivate func forEachElement(count: Int, _ body: (Int) -> Void) {
    var index = [Int](repeating: 0, count: shape.count)
    var place = offset
    for _ in 0..<count {
      body(place)
      for dimension in shape.indices.reversed() {
        index[dimension] += 1
        place += strides[dimension]
        if index[dimension] < shape[dimension] { break }
        place -= index[dimension] * strides[dimension]
        index[dimension] = 0
      }
    }
  }
}

/// The checksum of zip files: CRC-32 with the polynomial 0xEDB88320, reflected.
enum CRC32 {
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var value = UInt32.max
    for byte in bytes { value = value >> 8 ^ table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] }
    return ~value
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in
      value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
    }
  }
}
