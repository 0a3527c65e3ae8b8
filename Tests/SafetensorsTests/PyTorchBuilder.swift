@testable import Safetensors

/// Builds zip files and pickles byte by byte, so that tests can make hostile ones.
struct ZipBuilder {
  struct Entry {
    var name: String
    var bytes: [UInt8]
    var method: UInt16 = 0
    var flags: UInt16 = 0
    var localName: String?
    /// Sizes of the directory where they are to differ from the truth.
    var size: UInt32?
    var packed: UInt32?
    /// Place of the local header where it is to differ from the truth.
    var header: UInt32?
    var checksum: UInt32?
  }

  var entries: [Entry]
  var disk: UInt16 = 0
  var entryCount: UInt16?
  var directoryStart: UInt32?
  var directorySize: UInt32?
  var trailing: [UInt8] = []

  var bytes: [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for entry in entries {
      let start = UInt32(file.count)
      let (name, local) = (Array(entry.name.utf8), Array((entry.localName ?? entry.name).utf8))
      let checksum = entry.checksum ?? CRC32.checksum(entry.bytes)
      let size = entry.size ?? UInt32(entry.bytes.count)
      let packed = entry.packed ?? size
      file += little(0x0403_4B50 as UInt32) + little(20 as UInt16) + little(entry.flags)
      file += little(entry.method) + little(0 as UInt32) + little(checksum)
      file += little(packed) + little(size) + little(UInt16(local.count)) + little(0 as UInt16)
      file += local + entry.bytes
      directory += little(0x0201_4B50 as UInt32) + little(20 as UInt16) + little(20 as UInt16)
      directory += little(entry.flags) + little(entry.method) + little(0 as UInt32)
      directory += little(checksum) + little(packed) + little(size)
      directory += little(UInt16(name.count)) + little(0 as UInt16) + little(0 as UInt16)
      directory += little(0 as UInt16) + little(0 as UInt16) + little(0 as UInt32)
      directory += little(entry.header ?? start) + name
    }
    let place = directoryStart ?? UInt32(file.count)
    let count = entryCount ?? UInt16(entries.count)
    file += directory
    file += little(0x0605_4B50 as UInt32) + little(disk) + little(disk) + little(count)
    file += little(count) + little(directorySize ?? UInt32(directory.count)) + little(place)
    return file + little(0 as UInt16) + trailing
  }

  private func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> Value($0 * 8)) }
  }
}

/// Operations of a pickle, one after another.
struct Pickle {
  var bytes: [UInt8] = [0x80, 2]

  static func + (left: Pickle, right: [UInt8]) -> Pickle { Pickle(bytes: left.bytes + right) }

  static func global(_ module: String, _ name: String) -> [UInt8] {
    Array("c\(module)\n\(name)\n".utf8)
  }

  static func text(_ text: String) -> [UInt8] {
    let utf8 = Array(text.utf8)
    return [UInt8(ascii: "X"), UInt8(utf8.count & 255), UInt8(utf8.count >> 8), 0, 0] + utf8
  }

  /// A signed number of 8 bytes.
  static func long(_ value: Int) -> [UInt8] {
    [0x8A, 8] + (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  static func numbers(_ values: [Int]) -> [UInt8] {
    Array("(".utf8) + values.flatMap(long) + Array("t".utf8)
  }

  /// The call that makes a tensor of a storage of float32.
  static func tensor(
    key: String = "0", count: Int = 4, offset: Int = 0, shape: [Int] = [4], strides: [Int] = [1],
    storage: [UInt8] = global("torch", "FloatStorage")
  ) -> [UInt8] {
    var bytes = global("torch._utils", "_rebuild_tensor_v2") + Array("((".utf8)
    bytes += text("storage") + storage + text(key) + text("cpu") + long(count)
    bytes += Array("tQ".utf8) + long(offset) + numbers(shape) + numbers(strides)
    return bytes + [0x89, UInt8(ascii: "N")] + Array("tR".utf8)
  }

  /// A dictionary of one tensor.
  static func dictionary(_ tensor: [UInt8], name: String = "a") -> [UInt8] {
    [0x80, 2] + Array("}".utf8) + text(name) + tensor + Array("s.".utf8)
  }
}

/// A file of PyTorch with this pickle and one storage of four float32.
func archive(_ pickle: [UInt8], storage: [UInt8] = [UInt8](repeating: 0, count: 16)) -> ZipBuilder {
  ZipBuilder(entries: [
    .init(name: "model/data.pkl", bytes: pickle),
    .init(name: "model/byteorder", bytes: Array("little".utf8)),
    .init(name: "model/data/0", bytes: storage),
    .init(name: "model/version", bytes: Array("3\n".utf8)),
  ])
}
