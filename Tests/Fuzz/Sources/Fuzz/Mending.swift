@testable import Safetensors

/// Mends what would give a change away at once.
enum Mending {
  /// The length of a safetensors header: up to the last brace before the data.
  static func safetensors(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count > 8, let end = bytes[8...].lastIndex(of: UInt8(ascii: "}")) else {
      return bytes
    }
    let length = UInt64(end + 1 - 8)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + bytes[8...]
  }

  /// The place, size and count of the directory of a zip file, and the checksum of its pickle.
  static func archive(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    func little(_ at: Int, _ width: Int) -> Int {
      (0..<width).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
    }
    func places(_ signature: [UInt8]) -> [Int] {
      guard bytes.count >= 22 else { return [] }
      return (0...bytes.count - 4).filter { at in
        bytes[at] == signature[0] && bytes[at + 1] == signature[1]
          && bytes[at + 2] == signature[2] && bytes[at + 3] == signature[3]
      }
    }
    let entries = places([0x50, 0x4B, 1, 2]).filter { $0 + 46 <= bytes.count }
    guard let first = entries.first,
      let end = places([0x50, 0x4B, 5, 6]).last(where: { $0 > first && $0 + 22 <= bytes.count })
    else { return bytes }
    func set(_ value: Int, _ at: Int, _ width: Int) {
      for byte in 0..<width { bytes[at + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte)) }
    }
    set(entries.count, end + 8, 2)
    set(entries.count, end + 10, 2)
    set(end - first, end + 12, 4)
    set(first, end + 16, 4)
    set(bytes.count - end - 22, end + 20, 2)
    for entry in entries {
      let name = entry + 46..<entry + 46 + little(entry + 28, 2)
      guard name.upperBound <= bytes.count, bytes[name].suffix(8).elementsEqual("data.pkl".utf8)
      else { continue }
      let header = little(entry + 42, 4)
      guard header + 30 <= first else { continue }
      let start = header + 30 + little(header + 26, 2) + little(header + 28, 2)
      let size = little(entry + 24, 4)
      guard start + size <= first else { continue }
      set(Int(CRC32.checksum(Array(bytes[start..<start + size]))), entry + 16, 4)
    }
    return bytes
  }

  /// The sizes of the trees of a LightGBM model.
  static func lightGBM(_ bytes: [UInt8]) -> [UInt8] {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard let sizes = lines.firstIndex(where: { $0.starts(with: "tree_sizes=".utf8) }) else {
      return bytes
    }
    var trees: [Int] = []
    var isInside = false
    for line in lines {
      if line.starts(with: "Tree=".utf8) {
        trees.append(0)
        isInside = true
      } else if line.starts(with: "end of trees".utf8) {
        isInside = false
      }
      if isInside { trees[trees.count - 1] += line.count + 1 }
    }
    let text = "tree_sizes=" + trees.map(String.init).joined(separator: " ")
    lines[sizes] = ArraySlice(text.utf8)
    return Array(lines.joined(separator: CollectionOfOne(UInt8(ascii: "\n"))))
  }
}
