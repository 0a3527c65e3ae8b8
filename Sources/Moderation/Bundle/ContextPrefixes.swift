/// The prefixes that a model was trained with, such as `[ADULT][MESSAGE] text`.
public struct ContextPrefixes: Sendable, Equatable {
  public struct Dimension: Sendable, Equatable {
    public var name: String
    public var values: [String]
    /// Taken when no value is given.
    public var fallback: String?

    public init(name: String, values: [String], fallback: String? = nil) {
      self.name = name
      self.values = values
      self.fallback = fallback
    }
  }

  /// Wraps a value, which stands in for `{}`.
  public var template: String
  /// Stands between the last prefix and the text.
  public var separator: String
  public var dimensions: [Dimension]

  public init(template: String = "[{}]", separator: String = " ", dimensions: [Dimension]) {
    self.template = template
    self.separator = separator
    self.dimensions = dimensions
  }

  /// The prefix of a text, separator included; empty when no dimension has a value.
  ///
  /// Each value goes, without regard to case, to the first dimension that allows it and is free.
  public func prefix(for context: [String]) throws(ModerationError) -> String {
    var chosen = [String?](repeating: nil, count: dimensions.count)
    for value in context {
      var placed = false
      for (index, dimension) in dimensions.enumerated() where chosen[index] == nil {
        let wanted = value.lowercased()
        guard let match = dimension.values.first(where: { $0.lowercased() == wanted }) else {
          continue
        }
        chosen[index] = match
        placed = true
        break
      }
      guard placed else {
        let free = dimensions.indices.filter { chosen[$0] == nil }.map { dimensions[$0] }
        throw .unknownContext(
          value, allowed: free.map { "\($0.name): \($0.values.joined(separator: ", "))" })
      }
    }
    var prefix = ""
    for (index, dimension) in dimensions.enumerated() {
      guard let value = chosen[index] ?? dimension.fallback else { continue }
      prefix += wrapped(value)
    }
    return prefix.isEmpty ? "" : prefix + separator
  }

  private func wrapped(_ value: String) -> String {
    var result = ""
    var rest = template[...]
    while let brace = rest.firstIndex(of: "{") {
      result += rest[..<brace]
      rest = rest[rest.index(after: brace)...]
      if rest.first == "}" {
        result += value
        rest = rest.dropFirst()
      } else {
        result += "{"
      }
    }
    return result + rest
  }
}
