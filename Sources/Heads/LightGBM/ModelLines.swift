import JSON

/// The lines of a model file, with their numbers.
struct ModelLines {
  let file: String
  let bytes: [UInt8]
  /// Of the next line, in bytes.
  private(set) var offset = 0
  /// Of the line read last, from 1.
  private(set) var number = 0

  /// - Parameter bytes: the file. Line ends of Windows become those of Unix, in which LightGBM counts
  ///   the sizes of trees.
  init(_ bytes: [UInt8], file: String) {
    let isWindows = bytes.prefix { $0 != UInt8(ascii: "\n") }.last == UInt8(ascii: "\r")
    self.bytes = isWindows ? bytes.filter { $0 != UInt8(ascii: "\r") } : bytes
    self.file = file
  }

  /// Where the bytes of the next line are, without its end; nil at the end of the file. A last line
  /// that is not ended is an error: the file has been cut.
  mutating func next() throws(HeadError) -> Range<Int>? {
    guard offset < bytes.count else { return nil }
    number += 1
    let start = offset
    guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else {
      throw error("the line does not end: the file has been cut")
    }
    offset = end + 1
    return start..<end
  }

  /// Whether the next line begins with the text.
  func isNext(_ text: String) -> Bool { bytes[offset...].starts(with: text.utf8) }

  /// Passes over empty lines.
  mutating func skipEmpty() throws(HeadError) {
    while isNext("\n") { _ = try next() }
  }

  /// The next line; an error at the end of the file.
  mutating func require(_ what: String) throws(HeadError) -> Range<Int> {
    guard let line = try next() else {
      number += 1
      throw error("the file ends where \(what) is expected")
    }
    return line
  }

  mutating func expect(_ text: String) throws(HeadError) {
    let line = try require("\"\(text)\"")
    guard bytes[line].elementsEqual(text.utf8) else {
      throw error("expected \"\(text)\", found \"\(self.text(line).prefix(40))\"")
    }
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  func error(_ reason: String) -> HeadError {
    .invalidModel(file: file, line: number, reason: reason)
  }
}

/// `key=value` lines.
struct ModelFields {
  /// The line the fields begin at: errors for a missing one name it.
  let line: Int
  private let file: String
  private let bytes: [UInt8]
  private var values: [String: (bytes: Range<Int>, line: Int)] = [:]

  /// - Parameters:
  ///   - keys: the keys that are known. Another key is an error, since it could change the
  ///     prediction.
  ///   - flags: words that stand alone on a line
  ///   - end: the beginning of the line behind the fields; nil if an empty line ends them, which is
  ///     passed
  init(
    _ lines: inout ModelLines, keys: Set<String>, flags: Set<String> = [], end: String? = nil
  ) throws(HeadError) {
    file = lines.file
    bytes = lines.bytes
    line = lines.number + 1
    while true {
      if let end, lines.isNext(end) { return }
      let range = try lines.require("a field")
      if range.isEmpty {
        if end == nil { return }
        continue
      }
      let equals = bytes[range].firstIndex(of: UInt8(ascii: "="))
      let key = lines.text(range.lowerBound..<(equals ?? range.upperBound))
      guard equals != nil || flags.contains(key) else { throw lines.error("expected key=value") }
      guard (equals == nil ? flags : keys).contains(key) else {
        throw lines.error("unknown field \"\(key.prefix(40))\"")
      }
      guard values[key] == nil else { throw lines.error("the field \(key) is repeated") }
      let value = equals.map { $0 + 1..<range.upperBound } ?? range.upperBound..<range.upperBound
      values[key] = (value, lines.number)
    }
  }

  func contains(_ key: String) -> Bool { values[key] != nil }

  func line(of key: String) -> Int { values[key]?.line ?? line }

  func error(_ key: String, _ reason: String) -> HeadError {
    .invalidModel(file: file, line: line(of: key), reason: "\(key): \(reason)")
  }

  func text(_ key: String) throws(HeadError) -> String {
    String(decoding: bytes[try range(key)], as: UTF8.self)
  }

  /// The parts of a value between spaces.
  func words(_ key: String) throws(HeadError) -> [Range<Int>] {
    let range = try range(key)
    var words: [Range<Int>] = []
    var start = range.lowerBound
    for index in range where bytes[index] == UInt8(ascii: " ") {
      if index > start { words.append(start..<index) }
      start = index + 1
    }
    if range.upperBound > start { words.append(start..<range.upperBound) }
    return words
  }

  func integer(_ key: String, _ range: ClosedRange<Int>) throws(HeadError) -> Int {
    let text = try text(key)
    guard let value = Int(text), range.contains(value) else {
      throw error(key, "\"\(text.prefix(40))\" is not an integer of \(range)")
    }
    return value
  }

  /// Integers separated by spaces, exactly so many.
  func integers(
    _ key: String, count: Int, _ range: ClosedRange<Int>
  ) throws(HeadError) -> [Int] {
    try list(key, count: count) { token, _ in
      guard let value = token?.exactInteger(in: bytes), range.contains(value) else { return nil }
      return value
    }
  }

  /// Numbers separated by spaces, exactly so many; infinities and NaN are among them.
  func numbers(_ key: String, count: Int) throws(HeadError) -> [Double] {
    try list(key, count: count) { token, word in
      if let token { return token.double(in: bytes) }
      switch String(decoding: bytes[word], as: UTF8.self) {
      case "inf": return .infinity
      case "-inf": return -.infinity
      case "nan", "-nan": return .nan
      default: return nil
      }
    }
  }

  private func range(_ key: String) throws(HeadError) -> Range<Int> {
    guard let value = values[key] else {
      throw .invalidModel(file: file, line: line, reason: "the field \(key) is missing")
    }
    return value.bytes
  }

  private func list<Value>(
    _ key: String, count: Int, _ read: (NumberToken?, Range<Int>) -> Value?
  ) throws(HeadError) -> [Value] {
    var result: [Value] = []
    for word in try words(key) {
      let token = NumberToken(in: bytes, at: word.lowerBound)
      guard let value = read(token?.range == word ? token : nil, word) else {
        let text = String(decoding: bytes[word], as: UTF8.self)
        throw error(key, "\"\(text.prefix(40))\" is not a number that can stand here")
      }
      result.append(value)
    }
    guard result.count == count else {
      throw error(key, "\(result.count) numbers where \(count) are expected")
    }
    return result
  }
}
