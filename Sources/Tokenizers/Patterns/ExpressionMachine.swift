/// One search: the backtracking stack and the states known to fail.
struct ExpressionMachine {
  /// Where to go on after a failure.
  private struct Choice {
    var instruction: Int
    var position: Int
    /// For a run: it may give back scalars down to here (greedy) or take more up to here (lazy).
    var limit: Int
    var kind: Kind
  }

  private enum Kind {
    case plain, greedyRun
    case lazyRun(set: Int)
  }

  private let expression: RegularExpression
  private let range: Range<Int>
  private var stack: [Choice] = []
  private var steps = 0
  /// One bit for each instruction at each position; empty until many steps have been taken.
  private var failed: [UInt64] = []
  /// Steps that the search may still take.
  private var left: Int

  private static let patience = 4096
  /// Steps that a search may take for each byte of its text. The patterns of published tokenizers take
  /// less than a hundred.
  static let stepsPerByte = 1000
  /// States that are remembered, and choices that wait, at most: bounds of memory.
  private static let mostStates = 1 << 30
  private static let mostChoices = 1 << 24

  init(_ expression: RegularExpression, _ range: Range<Int>) {
    self.expression = expression
    self.range = range
    left = Self.stepsPerByte * (range.count + 1)
  }

  /// Whether the search has used up its steps. It then finds nothing more.
  var isExhausted: Bool { left <= 0 || stack.count > Self.mostChoices }

  /// The end of the match that begins at `position`.
  mutating func match(_ bytes: borrowing Span<UInt8>, at position: Int) -> Int? {
    guard let end = run(bytes, 0, position) else { return nil }
    // The states on the way to a match are no failures.
    steps = 0
    failed = []
    return end
  }

  /// Whether this state has been tried before; marks it as tried.
  private mutating func wasTried(_ instruction: Int, _ position: Int) -> Bool {
    steps += 1
    if failed.isEmpty {
      let states = expression.program.count * (range.count + 1)
      // Clearing the bits takes no longer than the steps before it.
      guard steps > max(Self.patience, states / 512), states <= Self.mostStates else {
        return false
      }
      failed = Array(repeating: 0, count: states / 64 + 1)
    }
    let bit = instruction * (range.count + 1) + position - range.lowerBound
    let word = failed[bit >> 6]
    failed[bit >> 6] = word | 1 << UInt64(bit & 63)
    return word >> UInt64(bit & 63) & 1 == 1
  }

  /// Runs a part of the program by itself: what fails inside it says nothing outside.
  private mutating func runApart(
    _ bytes: borrowing Span<UInt8>, _ start: Int, _ position: Int
  ) -> Int? {
    let outside = (steps, failed)
    (steps, failed) = (0, [])
    defer { (steps, failed) = outside }
    return run(bytes, start, position)
  }

  private mutating func run(
    _ bytes: borrowing Span<UInt8>, _ start: Int, _ startPosition: Int
  ) -> Int? {
    let floor = stack.count
    var instruction = start
    var position = startPosition
    while true {
      var hasFailed = false
      left -= 1
      if isExhausted {
        stack.removeSubrange(floor...)
        return nil
      }
      switch expression.program[instruction] {
      case .accept:
        stack.removeSubrange(floor...)
        return position
      case .set(let set):
        if position < range.upperBound {
          let (scalar, length) = UTF8Scalars.read(bytes, position)
          if expression.contains(set, scalar) {
            position += length
            instruction += 1
            continue
          }
        }
        hasFailed = true
      case .run(let set, let minimum, let maximum, let mode):
        if let next = take(bytes, set, minimum, maximum, mode, position, instruction + 1) {
          position = next
          instruction += 1
        } else {
          hasFailed = true
        }
      case .split(let first, let second):
        if wasTried(instruction, position) {
          hasFailed = true
        } else {
          stack.append(
            Choice(instruction: second, position: position, limit: position, kind: .plain))
          instruction = first
        }
      case .jump(let target): instruction = target
      case .assertion(let assertion):
        if holds(assertion, bytes, position) { instruction += 1 } else { hasFailed = true }
      case .look(let isNegative, let then):
        if (runApart(bytes, instruction + 1, position) != nil) != isNegative {
          instruction = then
        } else {
          hasFailed = true
        }
      case .atomic(let then):
        if let end = runApart(bytes, instruction + 1, position) {
          position = end
          instruction = then
        } else {
          hasFailed = true
        }
      }
      guard hasFailed else { continue }
      guard let (back, place) = backtrack(bytes, floor) else { return nil }
      instruction = back
      position = place
    }
  }

  private mutating func backtrack(
    _ bytes: borrowing Span<UInt8>, _ floor: Int
  ) -> (instruction: Int, position: Int)? {
    while stack.count > floor, var choice = stack.popLast() {
      left -= 1
      switch choice.kind {
      case .plain: return (choice.instruction, choice.position)
      case .greedyRun:
        guard choice.position > choice.limit else { continue }
        choice.position = UTF8Scalars.before(bytes, choice.position)
      case .lazyRun(let set):
        guard choice.position < choice.limit else { continue }
        let (scalar, length) = UTF8Scalars.read(bytes, choice.position)
        guard expression.contains(set, scalar) else { continue }
        choice.position += length
      }
      stack.append(choice)
      if wasTried(choice.instruction, choice.position) { continue }
      return (choice.instruction, choice.position)
    }
    return nil
  }

  /// Takes a run of a set; returns where it ends, nil if there are too few.
  private mutating func take(
    _ bytes: borrowing Span<UInt8>, _ set: Int, _ minimum: Int, _ maximum: Int, _ mode: RepeatMode,
    _ start: Int, _ then: Int
  ) -> Int? {
    var position = start
    var count = 0
    var atMinimum = start
    while count < maximum, position < range.upperBound {
      if count == minimum {
        atMinimum = position
        if mode == .lazy { break }
      }
      let (scalar, length) = UTF8Scalars.read(bytes, position)
      guard expression.contains(set, scalar) else { break }
      position += length
      count += 1
    }
    left -= count
    guard count >= minimum else { return nil }
    if count == minimum { atMinimum = position }
    switch mode {
    case .possessive: break
    case .greedy:
      if position > atMinimum {
        stack.append(
          Choice(instruction: then, position: position, limit: atMinimum, kind: .greedyRun))
      }
    case .lazy:
      var limit = position
      var more = maximum - minimum
      while more > 0, limit < range.upperBound {
        limit += UTF8Scalars.read(bytes, limit).length
        more -= 1
        left -= 1
      }
      stack.append(
        Choice(instruction: then, position: position, limit: limit, kind: .lazyRun(set: set)))
    }
    return position
  }

  private func holds(
    _ assertion: ExpressionAssertion, _ bytes: borrowing Span<UInt8>, _ position: Int
  ) -> Bool {
    switch assertion {
    case .textStart: return position == range.lowerBound
    case .textEnd: return position == range.upperBound
    case .lineStart:
      if position == range.lowerBound { return true }
      return bytes[position - 1] == 0x0A && position < range.upperBound
    case .lineEnd: return position == range.upperBound || bytes[position] == 0x0A
    case .wordBoundary: return isWord(bytes, before: position) != isWord(bytes, at: position)
    case .noWordBoundary: return isWord(bytes, before: position) == isWord(bytes, at: position)
    }
  }

  private func isWord(_ bytes: borrowing Span<UInt8>, before position: Int) -> Bool {
    guard position > range.lowerBound else { return false }
    return isWord(bytes, at: UTF8Scalars.before(bytes, position))
  }

  private func isWord(_ bytes: borrowing Span<UInt8>, at position: Int) -> Bool {
    guard position < range.upperBound else { return false }
    return ScalarTable.shared[UTF8Scalars.read(bytes, position).scalar].contains(.word)
  }
}
