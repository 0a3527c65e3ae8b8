import JSON

extension PreTokenizer {
  /// GPT-2's pattern.
  static let byteLevelPattern =
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

  init(_ component: ComponentReader) throws(TokenizerError) {
    let name = try component.string("type")
    switch name {
    case "BertPreTokenizer":
      self = .bert
    case "Whitespace":
      self = .whitespace
    case "WhitespaceSplit":
      self = .whitespaceSplit
    case "Punctuation":
      self = .punctuation(try component.behavior(default: .isolated))
    case "Digits":
      self = .digits(individual: try component.bool("individual_digits"))
    case "CharDelimiterSplit", "Delimiter":
      self = .delimiter(try component.scalar("delimiter"))
    case "Split":
      self = .split(
        try Pattern(component.component("pattern")), try component.behavior(default: nil),
        isInverted: try component.bool("invert"))
    case "Metaspace": self = .metaspace(try Metaspace(component))
    case "ByteLevel":
      let usesExpression = try component.bool("use_regex", default: true)
      self = .byteLevel(
        addsPrefixSpace: try component.bool("add_prefix_space"),
        expression: usesExpression ? try RegularExpression(Self.byteLevelPattern) : nil)
    case "FixedLength":
      let length = try component.optionalInt("length") ?? 5
      guard length > 0 else {
        throw .invalid(path: component.path + ".length", reason: "should be positive")
      }
      self = .fixedLength(length)
    case "Sequence":
      var steps: [PreTokenizer] = []
      for step in try component.components("pretokenizers") {
        steps.append(try PreTokenizer(step))
      }
      self = .sequence(steps)
    default: throw .unknownComponent(kind: component.path, name: name)
    }
  }
}

extension ComponentReader {
  fileprivate func behavior(
    default fallback: SplitBehavior?
  ) throws(TokenizerError) -> SplitBehavior {
    if let fallback, value["behavior"] == nil { return fallback }
    let name = try string("behavior")
    guard let behavior = SplitBehavior(rawValue: name) else {
      throw .invalid(path: path + ".behavior", reason: "unknown behaviour \"\(name)\"")
    }
    return behavior
  }
}

extension Metaspace {
  init(_ component: ComponentReader) throws(TokenizerError) {
    let name = try component.string("prepend_scheme", default: "always")
    guard var scheme = Scheme(rawValue: name) else {
      throw .invalid(
        path: component.path + ".prepend_scheme", reason: "unknown scheme \"\(name)\"")
    }
    // What older files say instead of a scheme.
    if try component.optionalBool("add_prefix_space") == false {
      guard scheme == .never || component.value["prepend_scheme"] == nil else {
        throw .invalid(
          path: component.path, reason: "add_prefix_space contradicts prepend_scheme")
      }
      scheme = .never
    }
    self.init(
      replacement: try component.scalar("replacement"), scheme: scheme,
      splits: try component.optionalBool("split") ?? true)
  }
}
