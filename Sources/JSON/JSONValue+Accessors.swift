/// Typed access to this value.
extension JSONValue {
  public func string() throws(JSONError) -> String {
    if case .string(let text) = self { return text }
    throw wrongKind("a string")
  }

  public func bool() throws(JSONError) -> Bool {
    if case .bool(let flag) = self { return flag }
    throw wrongKind("true or false")
  }

  /// A number that is an integer, however it is written: `3`, `3.0`, `3e2`.
  public func int() throws(JSONError) -> Int {
    guard case .number(let number) = self else { throw wrongKind("an integer") }
    guard let integer = number.integer else {
      throw .outOfRange(path: "$", value: number.text, type: "Int")
    }
    return integer
  }

  /// A number, rounded to the nearest double.
  public func double() throws(JSONError) -> Double {
    guard case .number(let number) = self else { throw wrongKind("a number") }
    let double = number.double
    guard double.isFinite || !number.isFinite else {
      throw .outOfRange(path: "$", value: number.text, type: "Double")
    }
    return double
  }

  /// A number, rounded once to the nearest float.
  public func float() throws(JSONError) -> Float {
    guard case .number(let number) = self else { throw wrongKind("a number") }
    let float = number.float
    guard float.isFinite || !number.isFinite else {
      throw .outOfRange(path: "$", value: number.text, type: "Float")
    }
    return float
  }

  public func array() throws(JSONError) -> [JSONValue] {
    if case .array(let elements) = self { return elements }
    throw wrongKind("an array")
  }

  public func object() throws(JSONError) -> JSONObject {
    if case .object(let object) = self { return object }
    throw wrongKind("an object")
  }

  public func strings() throws(JSONError) -> [String] {
    try elements { (element) throws(JSONError) in try element.string() }
  }

  public func ints() throws(JSONError) -> [Int] {
    try elements { (element) throws(JSONError) in try element.int() }
  }

  public func doubles() throws(JSONError) -> [Double] {
    try elements { (element) throws(JSONError) in try element.double() }
  }

  private func elements<Element>(
    _ read: (JSONValue) throws(JSONError) -> Element
  ) throws(JSONError) -> [Element] {
    var result: [Element] = []
    for (index, element) in try array().enumerated() {
      do { result.append(try read(element)) } catch { throw error.within("[\(index)]") }
    }
    return result
  }

  private func wrongKind(_ expected: String) -> JSONError {
    .wrongKind(path: "$", expected: expected, found: kind.noun)
  }
}

/// Typed access to the member at a key. The errors name the key. The `optional…` methods return nil
/// where the member is missing or null, and throw where it is of another kind.
extension JSONValue {
  public func value(_ key: String) throws(JSONError) -> JSONValue {
    guard let member = try object()[key] else { throw .missing(path: key) }
    return member
  }

  public func string(_ key: String) throws(JSONError) -> String {
    try read(key) { (value) throws(JSONError) in try value.string() }
  }
  public func int(_ key: String) throws(JSONError) -> Int {
    try read(key) { (value) throws(JSONError) in try value.int() }
  }
  public func double(_ key: String) throws(JSONError) -> Double {
    try read(key) { (value) throws(JSONError) in try value.double() }
  }
  public func float(_ key: String) throws(JSONError) -> Float {
    try read(key) { (value) throws(JSONError) in try value.float() }
  }
  public func bool(_ key: String) throws(JSONError) -> Bool {
    try read(key) { (value) throws(JSONError) in try value.bool() }
  }
  public func array(_ key: String) throws(JSONError) -> [JSONValue] {
    try read(key) { (value) throws(JSONError) in try value.array() }
  }
  public func object(_ key: String) throws(JSONError) -> JSONObject {
    try read(key) { (value) throws(JSONError) in try value.object() }
  }
  public func strings(_ key: String) throws(JSONError) -> [String] {
    try read(key) { (value) throws(JSONError) in try value.strings() }
  }
  public func ints(_ key: String) throws(JSONError) -> [Int] {
    try read(key) { (value) throws(JSONError) in try value.ints() }
  }
  public func doubles(_ key: String) throws(JSONError) -> [Double] {
    try read(key) { (value) throws(JSONError) in try value.doubles() }
  }

  public func optionalString(_ key: String) throws(JSONError) -> String? {
    try optional(key) { (value) throws(JSONError) in try value.string() }
  }
  public func optionalInt(_ key: String) throws(JSONError) -> Int? {
    try optional(key) { (value) throws(JSONError) in try value.int() }
  }
  public func optionalDouble(_ key: String) throws(JSONError) -> Double? {
    try optional(key) { (value) throws(JSONError) in try value.double() }
  }
  public func optionalBool(_ key: String) throws(JSONError) -> Bool? {
    try optional(key) { (value) throws(JSONError) in try value.bool() }
  }
  public func optionalArray(_ key: String) throws(JSONError) -> [JSONValue]? {
    try optional(key) { (value) throws(JSONError) in try value.array() }
  }
  public func optionalObject(_ key: String) throws(JSONError) -> JSONObject? {
    try optional(key) { (value) throws(JSONError) in try value.object() }
  }
  public func optionalStrings(_ key: String) throws(JSONError) -> [String]? {
    try optional(key) { (value) throws(JSONError) in try value.strings() }
  }

  private func read<Value>(
    _ key: String, _ body: (JSONValue) throws(JSONError) -> Value
  ) throws(JSONError) -> Value {
    let member = try value(key)
    do { return try body(member) } catch { throw error.within(key) }
  }

  private func optional<Value>(
    _ key: String, _ body: (JSONValue) throws(JSONError) -> Value
  ) throws(JSONError) -> Value? {
    guard let member = try object()[key], member != .null else { return nil }
    do { return try body(member) } catch { throw error.within(key) }
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
