extension Normalizer {
  /// How many times as long a text may become. The forms of Unicode make eleven bytes of one, and
  /// published chains of steps could, one after another, make seven hundred.
  static let mostGrowth = 1 << 14

  /// Bytes that one byte of a text may become, at most; of chains the product.
  var growth: Int {
    switch self {
    case .strip, .stripAccents, .nmt: 1
    case .lowercase, .byteLevel: 2
    case .bert, .canonical: 3
    case .compatibility: 11
    case .precompiled(let charsmap): max(1, charsmap.longestReplacement)
    case .replace(.string(let text), let content): Self.growth(from: text.count, to: content.count)
    case .replace(.spaces(let minimum), let content):
      Self.growth(from: minimum, to: content.count)
    case .replace(.expression(let expression), let content):
      Self.growth(from: expression.minimumLength, to: content.count)
    case .prepend(let scalars): 1 + scalars.reduce(0) { $0 + UTF8Scalars.length($1) }
    case .sequence(let steps):
      steps.reduce(1) { product, step in
        let (grown, overflow) = product.multipliedReportingOverflow(by: step.growth)
        return overflow ? .max : grown
      }
    }
  }

  /// - Parameter length: bytes of the shortest match; where it is empty, it may be in front of every byte
  private static func growth(from length: Int, to content: Int) -> Int {
    length == 0 ? 1 + content : max(1, (content + length - 1) / length)
  }

  /// Steps, those of chains within chains one by one.
  var stepCount: Int {
    if case .sequence(let steps) = self { steps.reduce(0) { $0 + $1.stepCount } } else { 1 }
  }

  /// An error for a normaliser that asks for too much work or memory.
  func checkLimits(_ path: String) throws(TokenizerError) {
    guard growth <= Self.mostGrowth else {
      throw .invalid(
        path: path,
        reason: "may make a text more than \(Self.mostGrowth) times as long, by its replacements")
    }
    try requireFew(stepCount, path)
  }
}

extension PreTokenizer {
  private var stepCount: Int {
    if case .sequence(let steps) = self { steps.reduce(0) { $0 + $1.stepCount } } else { 1 }
  }

  /// An error for a pre-tokeniser that asks for too much work.
  func checkLimits(_ path: String) throws(TokenizerError) { try requireFew(stepCount, path) }
}

extension PostProcessor {
  private var stepCount: Int {
    if case .sequence(let steps) = self { steps.reduce(0) { $0 + $1.stepCount } } else { 1 }
  }

  /// An error for a post-processor that adds too many tokens, or asks for too much work.
  func checkLimits(_ path: String) throws(TokenizerError) {
    try requireFew(stepCount, path)
    let added = max(addedCount(isPair: false), addedCount(isPair: true))
    guard added <= ComponentReader.mostComponents else {
      throw .invalid(
        path: path,
        reason: "adds \(added) tokens; at most \(ComponentReader.mostComponents) are allowed")
    }
  }
}

private func requireFew(_ steps: Int, _ path: String) throws(TokenizerError) {
  guard steps <= ComponentReader.mostComponents else {
    throw .invalid(
      path: path,
      reason: "has \(steps) steps; at most \(ComponentReader.mostComponents) are read")
  }
}
