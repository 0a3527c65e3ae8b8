/// A list of words with their costs, as it lies in its file.
struct WordList: Sendable {
  struct Word: Sendable {
    /// Where the word lies in the file's bytes, and its letters among all letters.
    var bytes: Range<Int32>
    var letters: Range<Int32>
    var cost: Int32
  }

  private(set) var words: [Word] = []
  private let bytes: [UInt8]
  /// The letters of all words, marks left out, from 0 for a.
  private var letters: [UInt8] = []

  /// Reads lines of a word, a tabulator and a cost.
  init(parsing bytes: [UInt8], file: String) throws(RespellingError) {
    self.bytes = bytes
    letters.reserveCapacity(bytes.count)
    words.reserveCapacity(bytes.count / 12)
    var start = 0
    var line = 1
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      guard let word = word(start..<end) else { throw RespellingError(file: file, line: line) }
      words.append(word)
      start = end + 1
      line += 1
    }
  }

  func text(_ word: Int) -> String {
    let range = words[word].bytes
    return String(decoding: bytes[Int(range.lowerBound)..<Int(range.upperBound)], as: UTF8.self)
  }

  func letterCount(_ word: Int) -> Int { words[word].letters.count }

  func letter(_ word: Int, _ place: Int) -> UInt8 {
    letters[Int(words[word].letters.lowerBound) + place]
  }

  /// The places of the words that have letters, by their letters; equal ones as they are in the list.
  func sorted() -> [Int] {
    let order = words.indices.filter { !words[$0].letters.isEmpty }
    func precedes(_ first: Int, _ second: Int) -> Bool {
      let (one, other) = (words[first].letters, words[second].letters)
      for place in 0..<min(one.count, other.count) {
        let (left, right) = (letter(first, place), letter(second, place))
        if left != right { return left < right }
      }
      return one.count == other.count ? first < second : one.count < other.count
    }
    // Lists are usually written in this order.
    let isSorted = zip(order, order.dropFirst()).allSatisfy { precedes($0, $1) }
    return isSorted ? order : order.sorted(by: precedes)
  }

  private mutating func word(_ line: Range<Int>) -> Word? {
    guard let tab = bytes[line].firstIndex(of: 0x09), tab > line.lowerBound,
      tab + 1 < line.upperBound
    else { return nil }
    var cost: Int32 = 0
    for digit in bytes[(tab + 1)..<line.upperBound] {
      guard digit &- 0x30 < 10, cost < 10_000 else { return nil }
      cost = 10 * cost + Int32(digit - 0x30)
    }
    guard (1...10_000).contains(cost) else { return nil }
    let first = Int32(letters.count)
    let text = bytes[line.lowerBound..<tab]
    if text.allSatisfy({ $0 < 0x80 }) {
      for byte in text where (byte | 0x20) &- 0x61 < 26 { letters.append((byte | 0x20) - 0x61) }
    } else {
      for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
        if let letter = LetterSet.letter(of: scalar.value) { letters.append(letter) }
      }
    }
    return Word(
      bytes: Int32(line.lowerBound)..<Int32(tab), letters: first..<Int32(letters.count), cost: cost)
  }
}
