/// Typed access. Each takes a path of keys from this value (`config.int("rope", "dim")`; none means
/// the value itself) and throws a ``JSONError`` that names the path. The `optional…` variants give
/// nil when the value is missing or null, and still throw when it is of another kind.
extension JSONValue {
  /// The value at the path; an error if there is none.
  public func value(_ path: String...) throws(JSONError) -> JSONValue { try required(path) }
  public func string(_ path: String...) throws(JSONError) -> String {
    try JSONValue.string(try required(path), path)
  }
  public func int(_ path: String...) throws(JSONError) -> Int {
    try JSONValue.int(try required(path), path)
  }
  public func double(_ path: String...) throws(JSONError) -> Double {
    try JSONValue.double(try required(path), path)
  }
  public func float(_ path: String...) throws(JSONError) -> Float {
    try JSONValue.float(try required(path), path)
  }
  public func bool(_ path: String...) throws(JSONError) -> Bool {
    try JSONValue.bool(try required(path), path)
  }
  public func array(_ path: String...) throws(JSONError) -> [JSONValue] {
    try JSONValue.array(try required(path), path)
  }
  public func object(_ path: String...) throws(JSONError) -> JSONObject {
    try JSONValue.object(try required(path), path)
  }
  public func strings(_ path: String...) throws(JSONError) -> [String] {
    try JSONValue.elements(try required(path), path, JSONValue.string)
  }
  public func ints(_ path: String...) throws(JSONError) -> [Int] {
    try JSONValue.elements(try required(path), path, JSONValue.int)
  }
  public func doubles(_ path: String...) throws(JSONError) -> [Double] {
    try JSONValue.elements(try required(path), path, JSONValue.double)
  }

  public func optionalValue(_ path: String...) throws(JSONError) -> JSONValue? {
    try optional(path)
  }
  public func optionalString(_ path: String...) throws(JSONError) -> String? {
    guard let value = try optional(path) else { return nil }
    return try JSONValue.string(value, path)
  }
  public func optionalInt(_ path: String...) throws(JSONError) -> Int? {
    guard let value = try optional(path) else { return nil }
    return try JSONValue.int(value, path)
  }
  public func optionalDouble(_ path: String...) throws(JSONError) -> Double? {
    guard let value = try optional(path) else { return nil }
    return try JSONValue.double(value, path)
  }
  public func optionalFloat(_ path: String...) throws(JSONError) -> Float? {
    guard let value = try optional(path) else { return nil }
    return try JSONValue.float(value, path)
  }
  public func optionalBool(_ path: String...) throws(JSONError) -> Bool? {
    guard let value = try optional(path) else { return nil }
    return try JSONValue.bool(value, path)
  }
  public func optionalArray(_ path: String...) throws(JSONError) -> [JSONValue]? {
    guard let value = try optional(path) else { return nil }
    return try JSONValue.array(value, path)
  }
  public func optionalObject(_ path: String...) throws(JSONError) -> JSONObject? {
    guard let value = try optional(path) else { return nil }
    return try JSONValue.object(value, path)
  }
  public func optionalStrings(_ path: String...) throws(JSONError) -> [String]? {
    guard let value = try optional(path) else { return nil }
    return try JSONValue.elements(value, path, JSONValue.string)
  }

  /// Reads from the value at `key`; key paths in errors thrown by `body` start with `key`.
  public func within<Result>(
    _ key: String, _ body: (JSONValue) throws(JSONError) -> Result
  ) throws(JSONError) -> Result {
    let value = try required([key])
    do {
      return try body(value)
    } catch {
      throw error.within(key)
    }
  }

  // MARK: Paths

  private func optional(_ path: [String]) throws(JSONError) -> JSONValue? {
    var value = self
    for (index, key) in path.enumerated() {
      switch value {
      case .object(let object):
        guard let member = object[key], member != .null else { return nil }
        value = member
      default:
        throw .wrongKind(
          path: JSONValue.name(path.prefix(index)), expected: "an object",
          found: value.kind.noun)
      }
    }
    return value == .null ? nil : value
  }

  private func required(_ path: [String]) throws(JSONError) -> JSONValue {
    var value = self
    for (index, key) in path.enumerated() {
      guard case .object(let object) = value else {
        throw .wrongKind(
          path: JSONValue.name(path.prefix(index)), expected: "an object",
          found: value.kind.noun)
      }
      guard let member = object[key] else {
        throw .missing(path: JSONValue.name(path.prefix(index + 1)))
      }
      value = member
    }
    return value
  }

  private static func name(_ path: some Collection<String>) -> String {
    guard var name = path.first else { return "$" }
    for key in path.dropFirst() { name += key.hasPrefix("[") ? key : "." + key }
    return name
  }

  // MARK: Kinds

  private static func string(_ value: JSONValue, _ path: [String]) throws(JSONError) -> String {
    if case .string(let text) = value { return text }
    throw wrongKind(value, path, "a string")
  }

  private static func bool(_ value: JSONValue, _ path: [String]) throws(JSONError) -> Bool {
    if case .bool(let bool) = value { return bool }
    throw wrongKind(value, path, "true or false")
  }

  private static func int(_ value: JSONValue, _ path: [String]) throws(JSONError) -> Int {
    guard case .number(let number) = value else { throw wrongKind(value, path, "an integer") }
    guard let integer = number.integer else {
      throw .outOfRange(path: name(path), value: number.text, type: "Int")
    }
    return integer
  }

  private static func double(_ value: JSONValue, _ path: [String]) throws(JSONError) -> Double {
    guard case .number(let number) = value else { throw wrongKind(value, path, "a number") }
    let double = number.double
    guard double.isFinite || !number.isFinite else {
      throw .outOfRange(path: name(path), value: number.text, type: "Double")
    }
    return double
  }

  private static func float(_ value: JSONValue, _ path: [String]) throws(JSONError) -> Float {
    guard case .number(let number) = value else { throw wrongKind(value, path, "a number") }
    let float = number.float
    guard float.isFinite || !number.isFinite else {
      throw .outOfRange(path: name(path), value: number.text, type: "Float")
    }
    return float
  }

  private static func array(_ value: JSONValue, _ path: [String]) throws(JSONError) -> [JSONValue] {
    if case .array(let elements) = value { return elements }
    throw wrongKind(value, path, "an array")
  }

  private static func object(_ value: JSONValue, _ path: [String]) throws(JSONError) -> JSONObject {
    if case .object(let object) = value { return object }
    throw wrongKind(value, path, "an object")
  }

  private static func elements<Element>(
    _ value: JSONValue, _ path: [String],
    _ read: (JSONValue, [String]) throws(JSONError) -> Element
  ) throws(JSONError) -> [Element] {
    var result: [Element] = []
    for (index, element) in try array(value, path).enumerated() {
      result.append(try read(element, path + ["[\(index)]"]))
    }
    return result
  }

  private static func wrongKind(
    _ value: JSONValue, _ path: [String], _ expected: String
  ) -> JSONError {
    .wrongKind(path: name(path), expected: expected, found: value.kind.noun)
  }
}

extension JSONNumber {
  /// False for `NaN` and the infinities only: `1e999` is finite, but too large for a `Double`.
  var isFinite: Bool { text != "NaN" && !text.hasSuffix("Infinity") }
}

extension JSONKind {
  var noun: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
