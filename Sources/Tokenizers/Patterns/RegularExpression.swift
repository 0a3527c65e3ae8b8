/// A regular expression, run by backtracking over UTF-8.
///
/// Without captures and back references a state that failed once fails always; after a number of
/// steps such states are remembered, so that no pattern takes exponential time. A search that takes more
/// than ``ExpressionMachine/stepsPerByte`` for each byte of its text finds nothing more in it.
struct RegularExpression: Sendable {
  enum Instruction: Sendable {
    case set(Int)
    /// As many of a set as there are (or as few), at least and at most so many.
    case run(Int, minimum: Int, maximum: Int, mode: RepeatMode)
    /// Goes to the first and, if that fails, to the second.
    case split(Int, Int)
    case jump(Int)
    case assertion(ExpressionAssertion)
    /// Runs what follows up to an `accept` and goes on at `then`, in place.
    case look(isNegative: Bool, then: Int)
    /// The same, and goes on behind what it matched.
    case atomic(then: Int)
    case accept
  }

  let pattern: String
  private(set) var program: [Instruction] = []
  private var sets: [CharacterSet] = []
  /// Characters of the shortest match, or fewer.
  let minimumLength: Int

  private static let maximumInstructions = 20_000
  /// Parts of the expression that have been compiled, those of no instructions too.
  private var compiledNodes = 0

  init(_ pattern: String) throws(TokenizerError) {
    self.pattern = pattern
    let node = try ExpressionParser.parse(pattern)
    minimumLength = node.minimumLength
    try compile(node)
    program.append(.accept)
  }

  // MARK: Compiling

  private mutating func compile(_ node: ExpressionNode) throws(TokenizerError) {
    compiledNodes += 1
    guard max(program.count, compiledNodes) < Self.maximumInstructions else {
      throw .unsupportedPattern(pattern, reason: "too many repetitions")
    }
    switch node {
    case .set(let set):
      sets.append(set)
      program.append(.set(sets.count - 1))
    case .sequence(let nodes): for node in nodes { try compile(node) }
    case .choice(let options): try compile(options: options)
    case .repeated(let inner, let minimum, let maximum, let mode):
      try compile(inner, minimum, maximum, mode)
    case .atomic(let inner):
      let start = program.count
      program.append(.accept)
      try compile(inner)
      program.append(.accept)
      program[start] = .atomic(then: program.count)
    case .look(let inner, let isNegative):
      let start = program.count
      program.append(.accept)
      try compile(inner)
      program.append(.accept)
      program[start] = .look(isNegative: isNegative, then: program.count)
    case .assertion(let assertion): program.append(.assertion(assertion))
    }
  }

  private mutating func compile(options: [ExpressionNode]) throws(TokenizerError) {
    var jumps: [Int] = []
    for (index, option) in options.enumerated() {
      if index == options.count - 1 {
        try compile(option)
        break
      }
      let split = program.count
      program.append(.accept)
      try compile(option)
      jumps.append(program.count)
      program.append(.accept)
      program[split] = .split(split + 1, program.count)
    }
    for jump in jumps { program[jump] = .jump(program.count) }
  }

  private mutating func compile(
    _ inner: ExpressionNode, _ minimum: Int, _ maximum: Int?, _ mode: RepeatMode
  ) throws(TokenizerError) {
    if case .set(let set) = inner {
      sets.append(set)
      program.append(
        .run(sets.count - 1, minimum: minimum, maximum: maximum ?? .max, mode: mode))
      return
    }
    if mode == .possessive {
      try compile(
        .atomic(.repeated(inner, minimum: minimum, maximum: maximum, mode: .greedy)))
      return
    }
    for _ in 0..<minimum { try compile(inner) }
    func split(_ start: Int, _ end: Int) -> Instruction {
      mode == .lazy ? .split(end, start + 1) : .split(start + 1, end)
    }
    guard let maximum else {
      let start = program.count
      program.append(.accept)
      try compile(inner)
      program.append(.jump(start))
      program[start] = split(start, program.count)
      return
    }
    var splits: [Int] = []
    for _ in minimum..<max(minimum, maximum) {
      splits.append(program.count)
      program.append(.accept)
      try compile(inner)
    }
    for start in splits { program[start] = split(start, program.count) }
  }

  // MARK: Matching

  /// Calls `body` with every match, as Oniguruma finds them one after the other.
  func forEachMatch(
    _ bytes: borrowing Span<UInt8>, _ range: Range<Int>, _ body: (Range<Int>) -> Void
  ) {
    var machine = ExpressionMachine(self, range)
    var start = range.lowerBound
    var lastEnd: Int?
    while start <= range.upperBound {
      guard let end = machine.match(bytes, at: start) else {
        guard start < range.upperBound, !machine.isExhausted else { return }
        start += UTF8Scalars.read(bytes, start).length
        continue
      }
      if end == start {
        if lastEnd != end {
          lastEnd = end
          body(start..<end)
        }
        guard start < range.upperBound else { return }
        start += UTF8Scalars.read(bytes, start).length
        continue
      }
      body(start..<end)
      lastEnd = end
      start = end
    }
  }

  @inline(__always)
  func contains(_ set: Int, _ scalar: UInt32) -> Bool { sets[set].contains(scalar) }
}
