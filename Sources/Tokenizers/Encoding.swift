/// A text, or a pair of texts, as the model sees it.
public struct Encoding: Sendable, Equatable {
  /// The tokens, special ones included.
  public internal(set) var ids: [Int32] = []
  /// Which segment each token belongs to, as models with token types see it.
  public internal(set) var typeIDs: [Int32] = []
  /// Where each token comes from: UTF-8 byte offsets into the text it is of; empty for tokens that
  /// the post-processor has added.
  public internal(set) var offsets: [Range<Int>] = []
  /// Which text each token is of: 0, 1 for the second of a pair, nil for added tokens.
  public internal(set) var sequenceIndices: [Int?] = []
  /// 1 for the tokens that the post-processor has added.
  public internal(set) var specialTokensMask: [Int32] = []
  /// Whether tokens were left out to keep within the maximum length.
  public internal(set) var isTruncated = false
  /// How many tokens there would be without truncation, special ones included.
  public internal(set) var untruncatedCount = 0

  public var count: Int { ids.count }

  init() {}
}

extension Encoding {
  /// The offsets in Unicode scalars, as Python and the reference library count.
  public func scalarOffsets(in text: String, pair: String? = nil) -> [Range<Int>] {
    converted(text, pair) { byte in byte & 0xC0 == 0x80 ? 0 : 1 }
  }

  /// The offsets in UTF-16 code units, as JavaScript and `NSString` count.
  public func utf16Offsets(in text: String, pair: String? = nil) -> [Range<Int>] {
    converted(text, pair) { byte in byte & 0xC0 == 0x80 ? 0 : byte >= 0xF0 ? 2 : 1 }
  }

  /// - Parameter units: how many units the scalar takes that begins with this byte.
  private func converted(
    _ text: String, _ pair: String?, units: (UInt8) -> Int
  ) -> [Range<Int>] {
    let positions = [text, pair ?? ""].map { text in
      // The units before each byte; inside a scalar, those before it.
      var before: [Int] = []
      var count = 0
      var width = 0
      for byte in text.utf8 {
        if byte & 0xC0 != 0x80 {
          count += width
          width = units(byte)
        }
        before.append(count)
      }
      before.append(count + width)
      return before
    }
    return zip(offsets, sequenceIndices).map { range, sequence in
      guard let sequence else { return 0..<0 }
      let before = positions[sequence]
      let start = before[min(range.lowerBound, before.count - 1)]
      return start..<max(start, before[min(range.upperBound, before.count - 1)])
    }
  }
}
