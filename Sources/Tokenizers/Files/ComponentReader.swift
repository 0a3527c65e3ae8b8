import JSON

/// A JSON object that describes a component, read with the path at hand for error messages.
struct ComponentReader {
  let value: JSONValue
  let path: String

  init(_ value: JSONValue, _ path: String) throws(TokenizerError) {
    guard case .object = value else {
      throw .invalid(path: path, reason: "should be an object but is \(value.kind.rawValue)")
    }
    self.value = value
    self.path = path
  }

  /// Refuses keys other than these, where a file may name one of several things.
  func allow(_ keys: String...) throws(TokenizerError) {
    guard case .object(let object) = value else { return }
    for key in object.keys where key != "type" && !keys.contains(key) {
      throw .unknownOption(component: path, name: key)
    }
  }

  private func read<Result>(
    _ body: (JSONValue) throws(JSONError) -> Result
  ) throws(TokenizerError) -> Result {
    do { return try body(value) } catch { throw .json(file: path, error) }
  }

  func string(_ key: String) throws(TokenizerError) -> String {
    try read { json throws(JSONError) in try json.string(key) }
  }

  func string(_ key: String, default fallback: String) throws(TokenizerError) -> String {
    try read { json throws(JSONError) in try json.optionalString(key) } ?? fallback
  }

  func optionalString(_ key: String) throws(TokenizerError) -> String? {
    try read { json throws(JSONError) in try json.optionalString(key) }
  }

  func bool(_ key: String) throws(TokenizerError) -> Bool {
    try read { json throws(JSONError) in try json.bool(key) }
  }

  func bool(_ key: String, default fallback: Bool) throws(TokenizerError) -> Bool {
    try optionalBool(key) ?? fallback
  }

  func optionalBool(_ key: String) throws(TokenizerError) -> Bool? {
    try read { json throws(JSONError) in try json.optionalBool(key) }
  }

  func int(_ key: String) throws(TokenizerError) -> Int {
    try read { json throws(JSONError) in try json.int(key) }
  }

  func optionalInt(_ key: String) throws(TokenizerError) -> Int? {
    try read { json throws(JSONError) in try json.optionalInt(key) }
  }

  func array(_ key: String) throws(TokenizerError) -> [JSONValue] {
    try read { json throws(JSONError) in try json.array(key) }
  }

  /// The steps of a list, or the parts of a template, that are read. Published tokenizers have ten.
  static let mostComponents = 64

  /// The components of a list.
  func components(_ key: String) throws(TokenizerError) -> [ComponentReader] {
    let count = try array(key).count
    guard count <= Self.mostComponents else {
      throw .invalid(
        path: "\(path).\(key)",
        reason: "has \(count) parts; at most \(Self.mostComponents) are read")
    }
    var components: [ComponentReader] = []
    for (index, element) in try array(key).enumerated() {
      components.append(try ComponentReader(element, "\(path).\(key)[\(index)]"))
    }
    return components
  }

  func component(_ key: String) throws(TokenizerError) -> ComponentReader {
    guard let value = value[key] else { throw .json(file: path, .missing(path: key)) }
    return try ComponentReader(value, "\(path).\(key)")
  }

  /// A token's id in the range of an `Int32`.
  func id(_ value: JSONValue?, _ name: String) throws(TokenizerError) -> Int32 {
    guard case .number(let number)? = value, let integer = number.integer,
      let id = Int32(exactly: integer), id >= 0
    else { throw .invalid(path: "\(path).\(name)", reason: "should be a token id") }
    return id
  }

  /// A single Unicode scalar.
  func scalar(_ key: String) throws(TokenizerError) -> UInt32 {
    let text = try string(key)
    guard let scalar = text.unicodeScalars.first, text.unicodeScalars.count == 1 else {
      throw .invalid(path: "\(path).\(key)", reason: "should be one character")
    }
    return scalar.value
  }
}

extension Pattern {
  /// `{"String": …}` or `{"Regex": …}`.
  init(_ component: ComponentReader) throws(TokenizerError) {
    try component.allow("String", "Regex")
    if let string = try component.optionalString("String") {
      guard !string.isEmpty else {
        throw .invalid(path: component.path, reason: "an empty string")
      }
      self = .string(Array(string.utf8))
    } else {
      try self.init(expression: component.string("Regex"))
    }
  }

  init(expression: String) throws(TokenizerError) {
    switch expression {
    case " {2,}": self = .spaces(minimum: 2)
    case " +": self = .spaces(minimum: 1)
    default: self = .expression(try RegularExpression(expression))
    }
  }
}
