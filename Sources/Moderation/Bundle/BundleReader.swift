import JSON

/// One object of `moderation.json`, read key by key; keys that nobody asked for are errors.
struct BundleReader {
  private let object: JSONObject
  /// Where the object stands, such as `labels[2]`; empty for the root.
  private let path: String
  private let file: String
  private var asked: Set<String> = []

  init(_ value: JSONValue, path: String, file: String) throws(ModerationError) {
    guard case .object(let object) = value else {
      throw .invalidValue(key: path, file: file, reason: "must be an object")
    }
    self.object = object
    self.path = path
    self.file = file
  }

  /// Throws for the first key that was not read.
  func end() throws(ModerationError) {
    for key in object.keys where !asked.contains(key) {
      throw .unknownKey(full(key), file: file)
    }
  }

  func full(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  func invalid(_ key: String, _ reason: String) -> ModerationError {
    .invalidValue(key: full(key), file: file, reason: reason)
  }

  func missing(_ key: String) -> ModerationError { .missingKey(full(key), file: file) }

  /// The value, or nil when the key is absent or null.
  mutating func optional(_ key: String) -> JSONValue? {
    asked.insert(key)
    guard let value = object[key], value != .null else { return nil }
    return value
  }

  mutating func optionalString(_ key: String) throws(ModerationError) -> String? {
    guard let value = optional(key) else { return nil }
    guard case .string(let text) = value else { throw invalid(key, "must be a string") }
    return text
  }

  mutating func string(_ key: String) throws(ModerationError) -> String {
    guard let text = try optionalString(key) else { throw missing(key) }
    return text
  }

  /// A string with something in it.
  mutating func name(_ key: String) throws(ModerationError) -> String {
    let text = try string(key)
    guard !text.isEmpty else { throw invalid(key, "must not be empty") }
    return text
  }

  mutating func optionalDouble(_ key: String) throws(ModerationError) -> Double? {
    guard let value = optional(key) else { return nil }
    guard case .number(let number) = value, number.double.isFinite else {
      throw invalid(key, "must be a number")
    }
    return number.double
  }

  mutating func double(_ key: String) throws(ModerationError) -> Double {
    guard let number = try optionalDouble(key) else { throw missing(key) }
    return number
  }

  /// An integer that is at least `minimum`.
  mutating func optionalInt(_ key: String, atLeast minimum: Int) throws(ModerationError) -> Int? {
    guard let value = optional(key) else { return nil }
    guard case .number(let number) = value, let integer = number.integer, integer >= minimum else {
      throw invalid(key, "must be an integer of at least \(minimum)")
    }
    return integer
  }

  mutating func array(_ key: String) throws(ModerationError) -> [JSONValue]? {
    guard let value = optional(key) else { return nil }
    guard case .array(let elements) = value else { throw invalid(key, "must be an array") }
    return elements
  }

  mutating func strings(_ key: String) throws(ModerationError) -> [String]? {
    guard let elements = try array(key) else { return nil }
    var texts: [String] = []
    for element in elements {
      guard case .string(let text) = element else {
        throw invalid(key, "must be an array of strings")
      }
      texts.append(text)
    }
    return texts
  }

  mutating func doubles(_ key: String) throws(ModerationError) -> [Double] {
    guard let elements = try array(key) else { throw missing(key) }
    var numbers: [Double] = []
    for element in elements {
      guard case .number(let number) = element, number.double.isFinite else {
        throw invalid(key, "must be an array of numbers")
      }
      numbers.append(number.double)
    }
    return numbers
  }

  /// One of an enumeration's raw values.
  mutating func choice<Choice: RawRepresentable & CaseIterable>(_ key: String)
    throws(ModerationError) -> Choice? where Choice.RawValue == String
  {
    guard let text = try optionalString(key) else { return nil }
    return try choice(key, text)
  }

  mutating func choices<Choice: RawRepresentable & CaseIterable>(_ key: String)
    throws(ModerationError) -> [Choice]? where Choice.RawValue == String
  {
    guard let texts = try strings(key) else { return nil }
    var result: [Choice] = []
    for text in texts { result.append(try choice(key, text)) }
    return result
  }

  private func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, _ text: String)
    throws(ModerationError) -> Choice where Choice.RawValue == String
  {
    guard let choice = Choice(rawValue: text) else {
      let allowed = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw invalid(key, "is \"\(text)\", which is not one of \(allowed)")
    }
    return choice
  }

  /// A reader of the object at `key`.
  mutating func reader(_ key: String) throws(ModerationError) -> BundleReader? {
    guard let value = optional(key) else { return nil }
    return try BundleReader(value, path: full(key), file: file)
  }

  /// A reader for each object of the array at `key`.
  mutating func readers(_ key: String) throws(ModerationError) -> [BundleReader]? {
    guard let elements = try array(key) else { return nil }
    var readers: [BundleReader] = []
    for (index, element) in elements.enumerated() {
      readers.append(try BundleReader(element, path: "\(full(key))[\(index)]", file: file))
    }
    return readers
  }

  /// The members of the object at `key`, whose values are strings, in order.
  mutating func texts(_ key: String) throws(ModerationError) -> [(key: String, value: String)] {
    guard let value = optional(key) else { return [] }
    guard case .object(let members) = value else { throw invalid(key, "must be an object") }
    var result: [(key: String, value: String)] = []
    for (name, member) in members {
      guard case .string(let text) = member else {
        throw invalid("\(key).\(name)", "must be a string")
      }
      result.append((name, text))
    }
    return result
  }

  /// A path that stays below its folder.
  mutating func optionalPath(_ key: String) throws(ModerationError) -> String? {
    guard let path = try optionalString(key) else { return nil }
    guard Self.isContained(path) else { throw invalid(key, Self.pathRule(path)) }
    return path
  }

  mutating func digests(_ key: String) throws(ModerationError) -> [FileDigest] {
    var digests: [FileDigest] = []
    for (path, digest) in try texts(key) {
      guard Self.isContained(path) else { throw invalid("\(key).\(path)", Self.pathRule(path)) }
      let digest = digest.lowercased()
      guard digest.utf8.count == 64, digest.utf8.allSatisfy(Self.isHexadecimal) else {
        throw invalid("\(key).\(path)", "must be a SHA-256 of 64 hexadecimal digits")
      }
      digests.append(FileDigest(path: path, sha256: digest))
    }
    return digests
  }

  private static func pathRule(_ path: String) -> String {
    "is \"\(path)\"; a path must be relative and may not leave its folder"
  }

  private static func isContained(_ path: String) -> Bool {
    !path.isEmpty && !path.hasPrefix("/") && !path.utf8.contains(0)
      && !path.split(separator: "/").contains("..")
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }
}
