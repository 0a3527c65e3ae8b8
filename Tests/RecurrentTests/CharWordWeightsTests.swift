import Foundation
import JSON
import TestSupport
import Testing

@testable import Recurrent

/// The committed weights, against what PyTorch makes of them.
@Suite struct CharWordWeightsTests {
  @Test func `Harmless texts, plain and disguised, get PyTorch's ids and scores`() throws {
    let classifier = try CharacterWordClassifier(contentsOf: Fixtures.charWord)
    #expect(classifier.labels == ["offensive", "obscene", "threatening", "insult", "hate"])
    let cases = try PreparationTests.cases("char-word-cases.json")
    #expect(cases.count >= 70)
    for one in cases {
      let prepared = try classifier.prepare(one.text)
      #expect(prepared.characters == one.prepared.characters)
      #expect(prepared.words == one.prepared.words, "\(one.text.debugDescription)")
      #expect(largestDifference(try classifier.scores(one.text), one.scores) <= 1e-5)
    }
  }

  /// Needs the shared data beside the checkout, or MODERATION_DATA.
  @Test(.enabled(if: SharedData.folder != nil, "the shared data are absent"))
  func `1,000 real texts get PyTorch's ids and scores (skipped without the shared data)`() throws {
    let folder = try #require(SharedData.folder)
    let classifier = try CharacterWordClassifier(contentsOf: Fixtures.charWord)
    let golden = try Fixtures.json("char-word-real.json")
    let files = try golden.array("files").map { file -> [String] in
      try SharedData.column(
        try #require(file[1]?.text),
        of: folder.appendingPathComponent(try #require(file[0]?.text)))
    }
    var worst: Float = 0
    let rows = try golden.array("rows")
    #expect(rows.count == 1000)
    for row in rows {
      guard case .array(let values) = row else { continue }
      let numbers = values.compactMap(\.double)
      try #require(numbers.count == 8)
      let text = files[Int(numbers[0])][Int(numbers[1])]
      let prepared = try classifier.prepare(text)
      #expect(SharedData.digest(prepared) == UInt32(numbers[2]), "row \(numbers[1])")
      worst = max(
        worst, largestDifference(try classifier.scores(text), numbers[3...].map { Float($0) }))
    }
    #expect(worst <= 1e-5)
  }
}

/// The labelled sets, which are no part of the package.
enum SharedData {
  static let folder: URL? = {
    let isThere = FileManager.default.fileExists(
      atPath: Checkout.data.appendingPathComponent("moderation").path)
    return isThere ? Checkout.data : nil
  }()

  /// The fields of one column of a CSV file, without its header.
  static func column(_ name: String, of file: URL) throws -> [String] {
    var rows: [[String]] = [[]]
    var field: [UInt8] = []
    var isQuoted = false
    var wasQuote = false
    for byte in try Data(contentsOf: file) {
      switch byte {
      case UInt8(ascii: "\""):
        if isQuoted {
          isQuoted = false
          wasQuote = true
        } else {
          if wasQuote { field.append(byte) }
          isQuoted = true
          wasQuote = false
        }
      case UInt8(ascii: ","), UInt8(ascii: "\n"):
        if isQuoted {
          field.append(byte)
          continue
        }
        wasQuote = false
        if byte == UInt8(ascii: "\n"), field.last == UInt8(ascii: "\r") { field.removeLast() }
        rows[rows.count - 1].append(String(decoding: field, as: UTF8.self))
        field = []
        if byte == UInt8(ascii: "\n") { rows.append([]) }
      default:
        wasQuote = false
        field.append(byte)
      }
    }
    if !field.isEmpty { rows[rows.count - 1].append(String(decoding: field, as: UTF8.self)) }
    let place = try #require(rows.first?.firstIndex(of: name))
    return rows.dropFirst().compactMap { $0.indices.contains(place) ? $0[place] : nil }
  }

  /// As `digest` in make_char_word.py.
  static func digest(_ text: PreparedText) -> UInt32 {
    var numbers = text.characters
    for word in text.words {
      switch word {
      case .listed(let id): numbers.append(id)
      case .unknown(let subwords): numbers += [-1] + subwords
      }
    }
    var hash: UInt32 = 0x811c_9dc5
    for number in numbers {
      for shift in [0, 8, 16, 24] {
        hash =
          (hash ^ (UInt32(bitPattern: number) >> UInt32(shift) & 0xFF)) &* 0x0100_0193
      }
    }
    return hash
  }
}

extension JSONValue {
  fileprivate var text: String? { if case .string(let text) = self { text } else { nil } }
  fileprivate var double: Double? {
    if case .number(let number) = self { number.double } else { nil }
  }
}
