import Testing

@testable import Safetensors

@Suite struct ZipAttackTests {
  private let valid = archive(Pickle.dictionary(Pickle.tensor()))

  private func expect(
    _ words: String, _ change: (inout ZipBuilder) -> Void,
    location: SourceLocation = #_sourceLocation
  ) {
    var archive = valid
    change(&archive)
    let found = error(archive.bytes)?.description
    #expect(
      found?.contains(words) == true, "\(found ?? "no error")", sourceLocation: location)
  }

  @Test func `compressed and encrypted entries are refused`() {
    expect("compressed") { $0.entries[2].method = 8 }
    expect("encrypted") { $0.entries[2].flags = 1 }
  }

  @Test func `two entries of one name are refused`() {
    expect("two entries are named") { $0.entries.append($0.entries[0]) }
  }

  @Test func `two pickles are refused, and so is none`() {
    expect("2 entries data.pkl") { $0.entries.append(.init(name: "b/data.pkl", bytes: [])) }
    expect("0 entries data.pkl") { $0.entries.removeFirst() }
  }

  @Test func `entries that overlap are refused`() {
    let hidden = ZipBuilder(entries: [.init(name: "model/data/1", bytes: [1, 2, 3, 4])]).bytes
    expect("overlap") {
      // The second entry lies within the bytes of the first.
      $0.entries.insert(.init(name: "outer", bytes: Array(hidden.prefix(46))), at: 0)
      $0.entries.append(.init(name: "model/data/1", bytes: [1, 2, 3, 4], header: 35))
    }
  }

  @Test func `a local header with another name is refused`() {
    expect("another name") { $0.entries[2].localName = "model/data/1" }
  }

  @Test func `sizes that differ or leave the file are refused`() {
    expect("two sizes differ") { $0.entries[2].packed = 15 }
    expect("outside the entries") { $0.entries[2].size = 1 << 30 }
  }

  @Test func `a header elsewhere is refused`() {
    expect("not where the directory says") { $0.entries[2].header = 3 }
    expect("outside the entries") { $0.entries[2].header = 1 << 30 }
  }

  @Test func `zip64 is refused with the remedy`() {
    expect("zip64") { $0.entries[2].size = .max }
    expect("zip64") { $0.entryCount = .max }
    expect("zip64") { $0.directoryStart = .max }
  }

  @Test func `archives of several files are refused`() { expect("several files") { $0.disk = 1 } }

  @Test func `a directory outside the file is refused`() {
    expect("outside the file") { $0.directoryStart = 1 << 20 }
    expect("at most") { $0.directorySize = 1 << 30 }
  }

  @Test func `another number of entries than there are is refused`() {
    expect("cut or damaged") { $0.entryCount = 5 }
    expect("no entry") { $0.entryCount = 3 }
  }

  @Test func `bytes behind the archive are refused`() { expect("cut?") { $0.trailing = [0] } }

  @Test func `a pickle whose checksum differs is refused`() {
    expect("checksum") { $0.entries[0].checksum = 1 }
  }

  @Test func `numbers that are not little-endian are refused`() {
    expect("little-endian") { $0.entries[1].bytes = Array("big".utf8) }
  }
}
