package import Platform

/// The error of a module that reads JSON files.
package protocol JSONFileError: Error {
  static func json(file: String, _ error: JSONError) -> Self
  static func unreadable(file: String, reason: String) -> Self
}

/// Reads one JSON object of a file key by key, and remembers which keys were asked for.
///
/// ```swift
/// let config = try JSONReader<HeadError>(contentsOf: folder.appending(path: "head.json"))
/// let version = try config.int("version", in: 1...1)
/// let model = try config.reader("model")
/// …
/// try config.end(ignoring: ["comment"])
/// ```
/// Every error names the file and the path of the key, as in `model.members[2].kind`. The
/// `optional…` methods return nil where the key is absent or null; the others throw there. All throw
/// where the value is of another kind.
package final class JSONReader<Failure: JSONFileError> {
  package let file: String
  /// Where the object is in the file; empty for the whole file.
  package let path: String
  package let object: JSONObject
  private var asked: Set<String> = []

  /// - Parameter path: where `value` is in the file
  package init(_ value: JSONValue, file: String, path: String = "") throws(Failure) {
    do { object = try value.object() } catch {
      throw .json(file: file, path.isEmpty ? error : error.within(path))
    }
    self.file = file
    self.path = path
  }

  package convenience init(
    parsing bytes: [UInt8], file: String, options: JSONOptions = .strict
  ) throws(Failure) {
    let value: JSONValue
    do { value = try JSONValue(parsing: bytes, options: options) } catch {
      throw .json(file: file, error)
    }
    try self.init(value, file: file)
  }

  package convenience init(contentsOf url: URL) throws(Failure) {
    try self.init(parsing: Self.bytes(of: url), file: url.path)
  }

  /// The bytes of a file of any format.
  package static func bytes(of url: URL) throws(Failure) -> [UInt8] {
    do { return try FileContent.bytes(of: url) } catch {
      throw .unreadable(file: url.path, reason: error.reason)
    }
  }

  /// An error for the first key that nobody asked for and that is not in `ignored`.
  ///
  /// - Parameter ignored: keys that are known and have no effect here
  package func end(ignoring ignored: Set<String> = []) throws(Failure) {
    for key in object.keys where !asked.contains(key) && !ignored.contains(key) {
      throw .json(file: file, .unknownKey(path: path(of: key)))
    }
  }

  // MARK: Errors

  /// The path of a key of this object in the file.
  package func path(of key: String) -> String {
    path.isEmpty ? key : key.hasPrefix("[") ? path + key : path + "." + key
  }

  /// The error that the value of a key cannot be used; `reason` continues a sentence that begins
  /// with the key.
  package func invalid(_ key: String, _ reason: String) -> Failure {
    .json(file: file, .invalid(path: path(of: key), reason: reason))
  }

  package func missing(_ key: String) -> Failure {
    .json(file: file, .missing(path: path(of: key)))
  }

  // MARK: Any kind

  package func optionalValue(_ key: String) -> JSONValue? {
    asked.insert(key)
    guard let value = object[key], value != .null else { return nil }
    return value
  }

  package func value(_ key: String) throws(Failure) -> JSONValue {
    try required(optionalValue(key), key)
  }

  private func required<Value>(_ value: Value?, _ key: String) throws(Failure) -> Value {
    guard let value else { throw missing(key) }
    return value
  }

  private func read<Value>(
    _ key: String, _ convert: (JSONValue) throws(JSONError) -> Value
  ) throws(Failure) -> Value? {
    guard let value = optionalValue(key) else { return nil }
    do { return try convert(value) } catch {
      throw .json(file: file, error.within(path(of: key)))
    }
  }

  // MARK: Scalars

  package func optionalString(_ key: String) throws(Failure) -> String? {
    try read(key) { (value) throws(JSONError) in try value.string() }
  }

  package func string(_ key: String) throws(Failure) -> String {
    try required(optionalString(key), key)
  }

  package func optionalBool(_ key: String) throws(Failure) -> Bool? {
    try read(key) { (value) throws(JSONError) in try value.bool() }
  }

  package func bool(_ key: String) throws(Failure) -> Bool { try required(optionalBool(key), key) }

  /// An integer within bounds.
  package func optionalInt(
    _ key: String, in bounds: ClosedRange<Int> = .min ... .max
  ) throws(Failure) -> Int? {
    let number = try read(key) { (value) throws(JSONError) in try value.int() }
    if let number, !bounds.contains(number) {
      throw invalid(
        key,
        bounds.upperBound == .max
          ? "is \(number), less than \(bounds.lowerBound)"
          : "is \(number), outside \(bounds.lowerBound)...\(bounds.upperBound)")
    }
    return number
  }

  package func int(
    _ key: String, in bounds: ClosedRange<Int> = .min ... .max
  ) throws(Failure) -> Int {
    try required(optionalInt(key, in: bounds), key)
  }

  package func optionalDouble(_ key: String) throws(Failure) -> Double? {
    try read(key) { (value) throws(JSONError) in try value.double() }
  }

  package func double(_ key: String) throws(Failure) -> Double {
    try required(optionalDouble(key), key)
  }

  package func optionalFloat(_ key: String) throws(Failure) -> Float? {
    try read(key) { (value) throws(JSONError) in try value.float() }
  }

  package func float(_ key: String) throws(Failure) -> Float {
    try required(optionalFloat(key), key)
  }

  /// A case of an enumeration, by its raw value.
  package func optionalChoice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, of type: Choice.Type = Choice.self
  ) throws(Failure) -> Choice? {
    try optionalString(key).map { (text) throws(Failure) in try choice(text, key) }
  }

  package func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, of type: Choice.Type = Choice.self
  ) throws(Failure) -> Choice {
    try required(optionalChoice(key), key)
  }

  private func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ text: String, _ key: String
  ) throws(Failure) -> Choice {
    if let choice = Choice(rawValue: text) { return choice }
    let known = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
    throw invalid(key, "is \"\(text)\", which is not one of \(known)")
  }

  // MARK: Arrays

  package func optionalArray(_ key: String) throws(Failure) -> [JSONValue]? {
    try read(key) { (value) throws(JSONError) in try value.array() }
  }

  package func array(_ key: String) throws(Failure) -> [JSONValue] {
    try required(optionalArray(key), key)
  }

  package func optionalStrings(_ key: String) throws(Failure) -> [String]? {
    try read(key) { (value) throws(JSONError) in try value.strings() }
  }

  package func strings(_ key: String) throws(Failure) -> [String] {
    try required(optionalStrings(key), key)
  }

  package func optionalInts(_ key: String) throws(Failure) -> [Int]? {
    try read(key) { (value) throws(JSONError) in try value.ints() }
  }

  package func ints(_ key: String) throws(Failure) -> [Int] {
    try required(optionalInts(key), key)
  }

  package func optionalDoubles(_ key: String) throws(Failure) -> [Double]? {
    try read(key) { (value) throws(JSONError) in try value.doubles() }
  }

  package func doubles(_ key: String) throws(Failure) -> [Double] {
    try required(optionalDoubles(key), key)
  }

  /// Cases of an enumeration, by their raw values.
  package func optionalChoices<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, of type: Choice.Type = Choice.self
  ) throws(Failure) -> [Choice]? {
    guard let texts = try optionalStrings(key) else { return nil }
    var choices: [Choice] = []
    for text in texts { choices.append(try choice(text, key)) }
    return choices
  }

  // MARK: Objects

  /// The reader of the object at a key. It has its own ``end(ignoring:)``.
  package func optionalReader(_ key: String) throws(Failure) -> JSONReader? {
    guard let value = optionalValue(key) else { return nil }
    return try JSONReader(value, file: file, path: path(of: key))
  }

  package func reader(_ key: String) throws(Failure) -> JSONReader {
    try required(optionalReader(key), key)
  }

  /// The readers of the objects of an array.
  package func optionalReaders(_ key: String) throws(Failure) -> [JSONReader]? {
    guard let elements = try optionalArray(key) else { return nil }
    var readers: [JSONReader] = []
    for (index, element) in elements.enumerated() {
      readers.append(try JSONReader(element, file: file, path: "\(path(of: key))[\(index)]"))
    }
    return readers
  }

  package func readers(_ key: String) throws(Failure) -> [JSONReader] {
    try required(optionalReaders(key), key)
  }
}
