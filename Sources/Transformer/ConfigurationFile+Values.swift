internal import JSON
internal import Tensor

/// Values of `config.json` as the families read them. Each error names the file and the key.
extension ConfigurationFile {
  /// Whether a key is there, null or not.
  func has(_ key: String) -> Bool { value[key] != nil }

  func isNull(_ key: String) -> Bool { value[key] == .null }

  /// A number of things: units, layers, rows of a table. The default upper bound is far above that of
  /// any model, and keeps products of sizes within 64 bits.
  ///
  /// - Parameter fallback: what the reference's class takes where the key is absent; nil: required
  func size(
    _ key: String, default fallback: Int? = nil, in bounds: ClosedRange<Int> = 1...1 << 24
  ) throws(TransformerError) -> Int {
    let size = try integer(key, default: fallback)
    guard bounds.contains(size) else { throw unsupported(key, "\(size)") }
    return size
  }

  /// Refuses relative positions whose tables would take more than 4 GiB: each layer has its own two,
  /// which are computed from one table of the file.
  ///
  /// - Parameter span: distances to either side
  func requireSmallTables(
    _ key: String, span: Int, hidden: Int, layers: Int
  ) throws(TransformerError) {
    let (numbers, overflow) = (4 * span * hidden).multipliedReportingOverflow(by: layers)
    guard !overflow, numbers <= 1 << 30 else { throw unsupported(key, "\(span)") }
  }

  /// The number of layers, which may be 0.
  func layerCount(_ key: String, default fallback: Int? = nil) throws(TransformerError) -> Int {
    try size(key, default: fallback, in: 0...4096)
  }

  func integer(_ key: String, default fallback: Int? = nil) throws(TransformerError) -> Int {
    try read { json throws(JSONError) in
      if let fallback { try json.optionalInt(key) ?? fallback } else { try json.int(key) }
    }
  }

  /// - Parameter fallback: the number where the key is absent; null is none
  func optionalInteger(
    _ key: String, default fallback: Int? = nil
  ) throws(TransformerError) -> Int? {
    guard has(key) else { return fallback }
    return try read { json throws(JSONError) in try json.optionalInt(key) }
  }

  func number(_ key: String, default fallback: Double) throws(TransformerError) -> Float {
    Float(try read { json throws(JSONError) in try json.optionalDouble(key) ?? fallback })
  }

  func flag(_ key: String, default fallback: Bool) throws(TransformerError) -> Bool {
    try read { json throws(JSONError) in try json.optionalBool(key) ?? fallback }
  }

  func text(_ key: String, default fallback: String? = nil) throws(TransformerError) -> String {
    try read { json throws(JSONError) in
      if let fallback { try json.optionalString(key) ?? fallback } else { try json.string(key) }
    }
  }

  /// The object under a key, whose own keys are read like those of the file; nil: absent or null.
  func object(_ key: String) throws(TransformerError) -> ConfigurationFile? {
    let object = try read { json throws(JSONError) in try json.optionalObject(key) }
    return object.map { ConfigurationFile(path: path, value: .object($0)) }
  }

  /// An activation by the names of transformers' `ACT2FN`.
  func activation(_ key: String, default fallback: String) throws(TransformerError) -> Activation {
    let name = try text(key, default: fallback)
    guard let activation = Activation(transformersName: name) else { throw unsupported(key, name) }
    return activation
  }

  /// An error unless one number is a multiple of another.
  func requireMultiple(
    _ number: Int, _ key: String, of divisor: Int, _ divisorKey: String
  ) throws(TransformerError) {
    guard number % divisor == 0 else {
      throw .inconsistent(
        file: path, reason: "\(key) \(number) is not a multiple of \(divisorKey) \(divisor)")
    }
  }

  /// An error unless the text is absent or as given.
  func require(_ key: String, is expected: String) throws(TransformerError) {
    let value = try text(key, default: expected)
    guard value == expected else { throw unsupported(key, value) }
  }

  /// An error unless the flag is absent or as given.
  func require(_ key: String, is expected: Bool) throws(TransformerError) {
    guard try flag(key, default: expected) == expected else {
      throw unsupported(key, "\(!expected)")
    }
  }

  /// An error unless the value is absent, null or 0.
  func requireNone(_ key: String) throws(TransformerError) {
    let number = try number(key, default: 0)
    guard number == 0 else { throw unsupported(key, "\(number)") }
  }

  /// An error unless the object is absent or has no keys.
  func requireEmpty(_ key: String) throws(TransformerError) {
    let object = try read { json throws(JSONError) in try json.optionalObject(key) }
    if let object, !object.isEmpty {
      throw unsupported(key, "{ \(object.keys.sorted().joined(separator: ", ")) }")
    }
  }
}

extension Activation {
  /// The activation that transformers knows by a name; nil where it is none of these.
  init?(transformersName name: String) {
    switch name {
    case "gelu", "gelu_python": self = .gelu
    // The same approximation, written in five ways.
    case "gelu_new", "gelu_fast", "gelu_accurate", "gelu_pytorch_tanh", "gelu_python_tanh":
      self = .geluTanh
    case "relu": self = .relu
    case "tanh": self = .tanh
    case "silu", "swish": self = .silu
    case "sigmoid": self = .logistic
    case "linear": self = .none
    default: return nil
    }
  }
}
