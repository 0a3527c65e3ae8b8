@testable import Safetensors

/// A zip file of entries that are stored as they are.
struct ZipFile {
  struct Entry {
    let name: [UInt8]
    let content: [UInt8]

    init(_ name: String, _ content: [UInt8]) {
      self.name = Array(name.utf8)
      self.content = content
    }
  }

  let entries: [Entry]

  var bytes: [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for entry in entries {
      let start = file.count
      // Version, flags, method, time, date; then checksum, the two sizes and the length of the name.
      let common =
        little(20, 2) + little(0, 8) + little(Int(CRC32.checksum(entry.content)), 4)
        + little(entry.content.count, 4) + little(entry.content.count, 4)
        + little(entry.name.count, 2)
      file += little(0x0403_4B50, 4) + common + little(0, 2) + entry.name + entry.content
      directory += little(0x0201_4B50, 4) + little(20, 2) + common + little(0, 12)
      directory += little(start, 4) + entry.name
    }
    let place = file.count
    file += directory
    file += little(0x0605_4B50, 4) + little(0, 4) + little(entries.count, 2)
    file += little(entries.count, 2) + little(directory.count, 4) + little(place, 4) + little(0, 2)
    return file
  }

  private func little(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
