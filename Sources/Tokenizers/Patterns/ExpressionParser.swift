/// Reads the part of Oniguruma's syntax that tokenizers use. Anything else is an error that names
/// the pattern.
struct ExpressionParser {
  private let pattern: String
  private let scalars: [UInt32]
  private var index = 0
  private var ignoresCase = false
  private var depth = 0

  private static let maximumDepth = 50
  static let maximumLength = 10_000
  private static let maximumCount = 1000

  static func parse(_ pattern: String) throws(TokenizerError) -> ExpressionNode {
    var parser = ExpressionParser(pattern)
    guard parser.scalars.count <= maximumLength else {
      throw .unsupportedPattern(
        String(pattern.prefix(40)) + "…",
        reason: "\(parser.scalars.count) characters; at most \(maximumLength) are read")
    }
    let node = try parser.choice()
    guard parser.index == parser.scalars.count else { throw parser.failure("an unmatched )") }
    return node
  }

  private init(_ pattern: String) {
    self.pattern = pattern
    scalars = pattern.unicodeScalars.map(\.value)
  }

  private func failure(_ reason: String) -> TokenizerError {
    .unsupportedPattern(pattern, reason: reason)
  }

  private var next: Character? {
    index < scalars.count ? Unicode.Scalar(scalars[index]).map(Character.init) : nil
  }

  private mutating func skip(_ text: String) -> Bool {
    let wanted = text.unicodeScalars.map(\.value)
    guard scalars[index...].starts(with: wanted) else { return false }
    index += wanted.count
    return true
  }

  private mutating func choice() throws(TokenizerError) -> ExpressionNode {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else { throw failure("groups are nested too deeply") }
    var options = [try sequence()]
    while skip("|") { options.append(try sequence()) }
    return options.count == 1 ? options[0] : .choice(options)
  }

  private mutating func sequence() throws(TokenizerError) -> ExpressionNode {
    var nodes: [ExpressionNode] = []
    while let character = next, character != "|", character != ")" {
      let node = try atom()
      nodes.append(try quantified(node))
    }
    return nodes.count == 1 ? nodes[0] : .sequence(nodes)
  }

  private mutating func quantified(_ node: ExpressionNode) throws(TokenizerError) -> ExpressionNode
  {
    var node = node
    let outside = depth
    defer { depth = outside }
    while let character = next {
      var minimum = 0
      var maximum: Int?
      var isCounted = false
      switch character {
      case "*": index += 1
      case "+":
        index += 1
        minimum = 1
      case "?":
        index += 1
        maximum = 1
      case "{":
        index += 1
        (minimum, maximum) = try counts()
        isCounted = true
      default: return node
      }
      if case .assertion = node { throw failure("a repeated assertion") }
      depth += 1
      guard depth <= Self.maximumDepth else { throw failure("repetitions are nested too deeply") }
      var mode = RepeatMode.greedy
      if skip("?") {
        mode = .lazy
      } else if !isCounted, skip("+") {
        mode = .possessive
      }
      node = .repeated(node, minimum: minimum, maximum: maximum, mode: mode)
    }
    return node
  }

  private mutating func counts() throws(TokenizerError) -> (Int, Int?) {
    let low = try number()
    var high: Int? = low
    if skip(",") { high = next == "}" ? nil : try number() }
    guard let low = low ?? (high == nil ? nil : 0), skip("}") else {
      throw failure("a brace that is no repetition")
    }
    if let high, high < low { throw failure("a repetition {\(low),\(high)}") }
    return (low, high)
  }

  private mutating func number() throws(TokenizerError) -> Int? {
    var value: Int?
    while index < scalars.count, scalars[index] &- 0x30 < 10 {
      value = (value ?? 0) * 10 + Int(scalars[index] - 0x30)
      guard value ?? 0 <= Self.maximumCount else { throw failure("a repetition over 1000") }
      index += 1
    }
    return value
  }

  private mutating func atom() throws(TokenizerError) -> ExpressionNode {
    guard let character = next else { return .sequence([]) }
    switch character {
    case "(": return try group()
    case "[":
      index += 1
      return .set(try brackets().finished(ignoringCase: ignoresCase))
    case ".":
      index += 1
      return .set(CharacterSet.single(0x0A).negated().finished(ignoringCase: false))
    case "^":
      index += 1
      return .assertion(.lineStart)
    case "$":
      index += 1
      return .assertion(.lineEnd)
    case "*", "+", "?": throw failure("\(character) with nothing to repeat")
    case "\\": return try escape()
    default:
      let scalar = scalars[index]
      index += 1
      return .set(CharacterSet.single(scalar).finished(ignoringCase: ignoresCase))
    }
  }

  private mutating func group() throws(TokenizerError) -> ExpressionNode {
    let outside = ignoresCase
    defer { ignoresCase = outside }
    if skip("(?:") { return try close(choice()) }
    if skip("(?=") { return .look(try close(choice()), isNegative: false) }
    if skip("(?!") { return .look(try close(choice()), isNegative: true) }
    if skip("(?>") { return .atomic(try close(choice())) }
    if skip("(?i:") {
      ignoresCase = true
      return try close(choice())
    }
    guard !skip("(?") else { throw failure("an unknown kind of group") }
    index += 1
    return try close(choice())
  }

  private mutating func close(_ node: ExpressionNode) throws(TokenizerError) -> ExpressionNode {
    guard skip(")") else { throw failure("an unmatched (") }
    return node
  }

  private mutating func escape() throws(TokenizerError) -> ExpressionNode {
    let assertions: [(String, ExpressionAssertion)] = [
      ("\\b", .wordBoundary), ("\\B", .noWordBoundary), ("\\A", .textStart), ("\\z", .textEnd),
    ]
    for (text, assertion) in assertions where skip(text) { return .assertion(assertion) }
    return .set(try escapedSet().finished(ignoringCase: ignoresCase))
  }

  private static let word =
    GeneralCategory.mask("L").map {
      $0 | (GeneralCategory.mask("M") ?? 0) | (GeneralCategory.mask("Nd") ?? 0)
        | (GeneralCategory.mask("Pc") ?? 0)
    } ?? 0

  /// `\s`, `\p{L}`, `\n`, `\.` and so on; the backslash is next.
  private mutating func escapedSet() throws(TokenizerError) -> CharacterSet {
    index += 1
    guard let character = next else { throw failure("a backslash at the end") }
    index += 1
    switch character {
    case "s": return .whitespace
    case "S": return CharacterSet.whitespace.negated()
    case "d": return .categories(GeneralCategory.mask("Nd") ?? 0)
    case "D": return CharacterSet.categories(GeneralCategory.mask("Nd") ?? 0).negated()
    case "w": return .categories(Self.word)
    case "W": return CharacterSet.categories(Self.word).negated()
    case "p", "P": return try property(isNegated: character == "P")
    case "n": return .single(0x0A)
    case "r": return .single(0x0D)
    case "t": return .single(0x09)
    case "f": return .single(0x0C)
    case "v": return .single(0x0B)
    case "u": return .single(try hexadecimal(digits: 4))
    case "x":
      if skip("{") {
        let value = try hexadecimal(digits: nil)
        guard skip("}") else { throw failure("\\x{ without }") }
        return .single(value)
      }
      return .single(try hexadecimal(digits: 2))
    default:
      guard !character.isLetter, !character.isNumber else {
        throw failure("the escape \\\(character)")
      }
      return .single(scalars[index - 1])
    }
  }

  private mutating func hexadecimal(digits: Int?) throws(TokenizerError) -> UInt32 {
    var value: UInt32 = 0
    var count = 0
    while count < digits ?? 6, let digit = next?.hexDigitValue {
      value = value << 4 | UInt32(digit)
      count += 1
      index += 1
    }
    guard count == digits ?? count, count > 0 else { throw failure("too few hexadecimal digits") }
    return value
  }

  private mutating func property(isNegated: Bool) throws(TokenizerError) -> CharacterSet {
    var name = ""
    var isNegated = isNegated
    if skip("{") {
      if skip("^") { isNegated.toggle() }
      while let character = next, character != "}" {
        name.append(character)
        index += 1
      }
      guard skip("}") else { throw failure("\\p{ without }") }
    }
    guard let mask = GeneralCategory.mask(name) else { throw failure("the property \(name)") }
    let set = CharacterSet.categories(mask)
    return isNegated ? set.negated() : set
  }

  /// A bracket expression; its opening bracket has been read.
  private mutating func brackets() throws(TokenizerError) -> CharacterSet {
    var set = CharacterSet()
    let isNegated = skip("^")
    var isFirst = true
    while let character = next {
      if character == "]", !isFirst {
        index += 1
        return isNegated ? set.negated() : set
      }
      isFirst = false
      if character == "[" { throw failure("a set inside a set") }
      if skip("&&") { throw failure("an intersection of sets") }
      guard let low = try member(&set) else { continue }
      guard next == "-", index + 1 < scalars.count, scalars[index + 1] != 0x5D else {
        set.insert(low...low)
        continue
      }
      index += 1
      var bound = CharacterSet()
      guard let high = try member(&bound), high >= low else {
        throw failure("a range that has no end")
      }
      set.insert(low...high)
    }
    throw failure("an unmatched [")
  }

  /// One member of a bracket expression: a scalar, or a set that is put into `set` at once.
  private mutating func member(_ set: inout CharacterSet) throws(TokenizerError) -> UInt32? {
    guard next == "\\" else {
      index += 1
      return scalars[index - 1]
    }
    let escaped = try escapedSet()
    if !escaped.isNegated, escaped.categories == 0, !escaped.hasWhitespace,
      escaped.ranges.count == 1, let range = escaped.ranges.first
    {
      return range.lowerBound
    }
    set.insert(escaped)
    return nil
  }
}
