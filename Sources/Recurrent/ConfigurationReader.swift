import JSON

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Reads keys of a `config.json` and names the file and the key in every error.
struct ConfigurationReader {
  let file: String
  let value: JSONValue
  /// The path of `value` in the file.
  let path: String

  init(file url: URL) throws(RecurrentError) {
    file = url.path
    path = ""
    let bytes = try Self.bytes(of: url)
    do {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw .configuration(file: file, error)
    }
  }

  private init(file: String, value: JSONValue, path: String) {
    self.file = file
    self.value = value
    self.path = path
  }

  static func bytes(of url: URL) throws(RecurrentError) -> [UInt8] {
    do {
      return Array(try Data(contentsOf: url))
    } catch {
      throw .unreadable(file: url.path)
    }
  }

  func name(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  private func json<Result>(
    _ body: () throws(JSONError) -> Result
  ) throws(RecurrentError) -> Result {
    do {
      return try body()
    } catch {
      throw .configuration(file: file, path.isEmpty ? error : error.within(path))
    }
  }

  func string(_ key: String) throws(RecurrentError) -> String {
    try json { () throws(JSONError) in try value.string(key) }
  }
  func strings(_ key: String) throws(RecurrentError) -> [String] {
    try json { () throws(JSONError) in try value.strings(key) }
  }
  func optionalString(_ key: String) throws(RecurrentError) -> String? {
    try json { () throws(JSONError) in try value.optionalString(key) }
  }
  func bool(_ key: String, default fallback: Bool) throws(RecurrentError) -> Bool {
    try json { () throws(JSONError) in try value.optionalBool(key) } ?? fallback
  }

  /// An integer within bounds.
  func int(_ key: String, in bounds: ClosedRange<Int>) throws(RecurrentError) -> Int {
    let number = try json { () throws(JSONError) in try value.int(key) }
    return try checked(number, key, bounds)
  }

  func optionalInt(_ key: String, in bounds: ClosedRange<Int>) throws(RecurrentError) -> Int? {
    guard let number = try json({ () throws(JSONError) in try value.optionalInt(key) }) else {
      return nil
    }
    return try checked(number, key, bounds)
  }

  private func checked(
    _ number: Int, _ key: String, _ bounds: ClosedRange<Int>
  ) throws(RecurrentError) -> Int {
    guard bounds.contains(number) else {
      throw .invalid(
        file: file, key: name(key),
        reason: "is \(number), outside \(bounds.lowerBound)...\(bounds.upperBound)")
    }
    return number
  }

  /// One of the cases of an enumeration, by its raw value.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, default fallback: Choice? = nil
  ) throws(RecurrentError) -> Choice {
    guard let text = try optionalString(key) else {
      if let fallback { return fallback }
      _ = try string(key)
      throw .invalid(file: file, key: name(key), reason: "is missing")
    }
    guard let choice = Choice(rawValue: text) else {
      throw .unsupported(
        file: file, key: name(key), value: text, known: Choice.allCases.map(\.rawValue))
    }
    return choice
  }

  func object(_ key: String) throws(RecurrentError) -> ConfigurationReader {
    guard let object = try optionalObject(key) else {
      throw .configuration(file: file, .missing(path: name(key)))
    }
    return object
  }

  func optionalObject(_ key: String) throws(RecurrentError) -> ConfigurationReader? {
    guard try json({ () throws(JSONError) in try value.optionalObject(key) }) != nil,
      let member = value[key]
    else { return nil }
    return ConfigurationReader(file: file, value: member, path: name(key))
  }

  /// The objects of an array; none if the key is absent.
  func objects(_ key: String) throws(RecurrentError) -> [ConfigurationReader] {
    let elements = try json { () throws(JSONError) in try value.optionalArray(key) } ?? []
    return elements.enumerated().map { index, element in
      ConfigurationReader(file: file, value: element, path: "\(name(key))[\(index)]")
    }
  }

  /// Inclusive ranges of scalars, `[[first, last], …]`, that rise and do not overlap.
  func scalarRanges(_ key: String) throws(RecurrentError) -> [ClosedRange<UInt32>] {
    let elements = try json { () throws(JSONError) in try value.array(key) }
    var ranges: [ClosedRange<UInt32>] = []
    for (index, element) in elements.enumerated() {
      guard case .array(let pair) = element, pair.count == 2,
        case .number(let first) = pair[0], case .number(let last) = pair[1],
        let low = first.integer, let high = last.integer,
        low >= 0, low <= high, high <= 0x10FFFF,
        ranges.last.map({ $0.upperBound < UInt32(low) }) ?? true
      else {
        throw .invalid(
          file: file, key: "\(name(key))[\(index)]",
          reason: "is no pair of Unicode scalars that follows the one before")
      }
      ranges.append(UInt32(low)...UInt32(high))
    }
    return ranges
  }

  func scalars(_ key: String) throws(RecurrentError) -> [UInt32] {
    try string(key).unicodeScalars.map(\.value)
  }

  /// `{"from": "AB…", "to": "ab…"}`: as many scalars on both sides.
  func scalarMap(_ key: String) throws(RecurrentError) -> ScalarMap {
    let object = try object(key)
    let (from, to) = (try object.scalars("from"), try object.scalars("to"))
    guard from.count == to.count else {
      throw .invalid(
        file: file, key: name(key), reason: "maps \(from.count) scalars to \(to.count)")
    }
    return ScalarMap(from: from, to: to)
  }
}
