/// The entries of a zip file whose members are stored without compression, as `torch.save` writes it.
///
/// Only the central directory at the end of the file decides; each entry's local header must agree
/// with it. Compression, encryption, several disks, zip64, repeated names and entries that overlap
/// are errors, so that a name stands for exactly one range of bytes within the file.
///
/// Source: PKWARE's APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16.
struct ZipDirectory {
  struct Entry: Equatable {
    let name: String
    /// The range of the member's bytes in the file.
    let range: Range<Int>
    let checksum: UInt32
  }

  let entries: [Entry]

  /// The bytes that the directory may take: a checkpoint of a thousand tensors needs 100 kB.
  static let largestDirectory = 16 << 20

  init(of storage: FileStorage) throws(SafetensorsError) {
    let end = try EndRecord(of: storage)
    let directory = storage.bytes(end.directory)
    var entries: [Entry] = []
    var names: Set<String> = []
    var reader = LittleEndianReader(directory)
    for _ in 0..<end.entryCount {
      let entry = try Self.entry(&reader, storage, limit: end.directory.lowerBound)
      guard names.insert(entry.name).inserted else {
        throw .invalidArchive(file: storage.name, reason: "two entries are named \(entry.name)")
      }
      entries.append(entry)
    }
    guard reader.isAtEnd else {
      throw .invalidArchive(file: storage.name, reason: "the directory has bytes that are no entry")
    }
    try Self.checkOverlaps(entries, storage)
    self.entries = entries
  }

  func entry(named name: String) -> Entry? { entries.first { $0.name == name } }

  private static func entry(
    _ reader: inout LittleEndianReader, _ storage: FileStorage, limit: Int
  ) throws(SafetensorsError) -> Entry {
    let file = storage.name
    guard reader.uint32() == 0x0201_4B50, reader.skip(4), let flags = reader.uint16(),
      let method = reader.uint16(), reader.skip(4), let checksum = reader.uint32(),
      let packed = reader.uint32(), let size = reader.uint32(), let nameLength = reader.uint16(),
      let extraLength = reader.uint16(), let commentLength = reader.uint16(), reader.skip(8),
      let header = reader.uint32(), let name = reader.bytes(Int(nameLength)),
      reader.skip(Int(extraLength) + Int(commentLength))
    else { throw .invalidArchive(file: file, reason: "the directory of entries is cut or damaged") }
    let text = String(decoding: name, as: UTF8.self)
    func fail(_ reason: String) -> SafetensorsError {
      .invalidArchive(file: file, reason: "entry \(text): \(reason)")
    }
    guard flags & 1 == 0 else { throw fail("it is encrypted") }
    guard method == 0 else { throw fail("it is compressed; PyTorch stores entries as they are") }
    guard packed != .max, size != .max, header != .max else {
      throw fail("it is a zip64 entry, of 4 GiB or more; convert the file to safetensors")
    }
    guard packed == size else { throw fail("its two sizes differ") }

    // The local header repeats the name; what lies behind name and extra field are the bytes.
    let start = Int(header)
    guard start + 30 <= limit else { throw fail("its header lies outside the entries") }
    var local = LittleEndianReader(storage.bytes(start..<start + 30))
    guard local.uint32() == 0x0403_4B50, local.skip(22), let localNameLength = local.uint16(),
      let localExtraLength = local.uint16()
    else { throw fail("its header is not where the directory says") }
    let nameStart = start + 30
    let dataStart = nameStart + Int(localNameLength) + Int(localExtraLength)
    let (dataEnd, overflow) = dataStart.addingReportingOverflow(Int(size))
    guard !overflow, dataEnd <= limit else { throw fail("its bytes lie outside the entries") }
    guard storage.bytes(nameStart..<nameStart + Int(localNameLength)) == name else {
      throw fail("its header has another name")
    }
    return Entry(name: text, range: dataStart..<dataEnd, checksum: checksum)
  }

  private static func checkOverlaps(
    _ entries: [Entry], _ storage: FileStorage
  ) throws(SafetensorsError) {
    let ordered = entries.filter { !$0.range.isEmpty }
      .sorted { $0.range.lowerBound < $1.range.lowerBound }
    for (entry, next) in zip(ordered, ordered.dropFirst())
    where next.range.lowerBound < entry.range.upperBound {
      throw .invalidArchive(
        file: storage.name, reason: "the entries \(entry.name) and \(next.name) overlap")
    }
  }
}

/// The record at the end of a zip file that says where its directory is.
private struct EndRecord {
  let entryCount: Int
  let directory: Range<Int>

  init(of storage: FileStorage) throws(SafetensorsError) {
    // A comment of up to 65,535 bytes may follow the record's 22 bytes.
    let searched = max(0, storage.count - 22 - 0xFFFF)..<storage.count
    let tail = storage.bytes(searched)
    let signature: [UInt8] = [0x50, 0x4B, 0x05, 0x06]
    guard
      let place = stride(from: tail.count - 22, through: 0, by: -1).first(where: {
        tail[$0..<$0 + 4].elementsEqual(signature)
          && Int(tail[$0 + 20]) | Int(tail[$0 + 21]) << 8 == tail.count - $0 - 22
      })
    else {
      throw .invalidArchive(
        file: storage.name, reason: "it begins as a zip file and has no directory at its end: cut?")
    }
    var reader = LittleEndianReader(Array(tail[place...]))
    guard reader.skip(4), let disk = reader.uint16(), let directoryDisk = reader.uint16(),
      let here = reader.uint16(), let total = reader.uint16(), let size = reader.uint32(),
      let start = reader.uint32()
    else { throw .invalidArchive(file: storage.name, reason: "the end of its directory is cut") }
    guard total != .max, size != .max, start != .max else {
      throw .invalidArchive(
        file: storage.name,
        reason: "it is a zip64 file, of 4 GiB or more; convert it to safetensors")
    }
    guard disk == 0, directoryDisk == 0, here == total else {
      throw .invalidArchive(file: storage.name, reason: "it is part of an archive of several files")
    }
    guard Int(size) <= ZipDirectory.largestDirectory else {
      throw .invalidArchive(
        file: storage.name,
        reason: "a directory of \(size) bytes; at most \(ZipDirectory.largestDirectory) are read")
    }
    guard Int(start) + Int(size) <= searched.lowerBound + place else {
      throw .invalidArchive(file: storage.name, reason: "its directory lies outside the file")
    }
    entryCount = Int(total)
    directory = Int(start)..<Int(start) + Int(size)
  }
}

/// Reads numbers from bytes; nil where the bytes end.
struct LittleEndianReader {
  private let source: [UInt8]
  private(set) var position = 0

  init(_ bytes: [UInt8]) { source = bytes }

  var isAtEnd: Bool { position == source.count }

  mutating func uint8() -> UInt8? {
    guard position < source.count else { return nil }
    defer { position += 1 }
    return source[position]
  }

  mutating func uint16() -> UInt16? { integer() }
  mutating func uint32() -> UInt32? { integer() }
  mutating func uint64() -> UInt64? { integer() }

  mutating func bytes(_ count: Int) -> [UInt8]? {
    guard count >= 0, count <= source.count - position else { return nil }
    defer { position += count }
    return Array(source[position..<position + count])
  }

  mutating func skip(_ count: Int) -> Bool {
    guard count >= 0, count <= source.count - position else { return false }
    position += count
    return true
  }

  /// The bytes up to a line feed, which is passed over.
  mutating func line() -> [UInt8]? {
    guard let end = source[position...].firstIndex(of: 10) else { return nil }
    defer { position = end + 1 }
    return Array(source[position..<end])
  }

  private mutating func integer<Value: FixedWidthInteger>() -> Value? {
    let width = Value.bitWidth / 8
    guard width <= source.count - position else { return nil }
    defer { position += width }
    return (0..<width).reduce(0) { $0 | Value(source[position + $1]) << Value(8 * $1) }
  }
}

extension FileStorage {
  /// A copy of the bytes of a range that lies within the file.
  func bytes(_ range: Range<Int>) -> [UInt8] {
    unsafe withBytes(range) { bytes in unsafe Array(bytes) }
  }
}
