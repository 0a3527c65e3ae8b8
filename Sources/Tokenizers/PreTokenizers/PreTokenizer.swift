/// A step that cuts text into words, as `tokenizer.json` names them.
indirect enum PreTokenizer: Sendable {
  case bert
  case whitespace
  case whitespaceSplit
  case punctuation(SplitBehavior)
  case digits(individual: Bool)
  case delimiter(UInt32)
  case split(Pattern, SplitBehavior, isInverted: Bool)
  case metaspace(Metaspace)
  case byteLevel(addsPrefixSpace: Bool, expression: RegularExpression?)
  case fixedLength(Int)
  case sequence([PreTokenizer])

  func split(_ text: inout SplitText) {
    switch self {
    case .bert: text.splitLikeBert()
    case .whitespace: text.splitWords()
    case .whitespaceSplit:
      text.split(.removed) { ScalarTable.shared[$0].contains(.whitespace) }
    case .punctuation(let behavior):
      text.split(behavior) { ScalarTable.shared[$0].contains(.punctuation) }
    case .digits(let individual):
      text.split(individual ? .isolated : .contiguous) {
        ScalarTable.shared[$0].contains(.numeric)
      }
    case .delimiter(let delimiter): text.split(.removed) { $0 == delimiter }
    case .split(let pattern, let behavior, let isInverted):
      text.split(pattern, behavior, isInverted: isInverted)
    case .metaspace(let metaspace): metaspace.split(&text)
    case .byteLevel(let addsPrefixSpace, let expression):
      if addsPrefixSpace {
        text.rewrite { source, piece, out in
          let startsWithSpace = source.bytes[piece.range.lowerBound] == 0x20
          source.prepend(piece, startsWithSpace ? [] : [0x20], into: &out)
        }
      }
      if let expression { text.split(.expression(expression), .isolated, isInverted: false) }
      text.rewrite { source, piece, out in source.mapBytes(piece, into: &out) }
    case .fixedLength(let length): text.splitEvenly(length)
    case .sequence(let steps): for step in steps { step.split(&text) }
    }
  }
}

extension SplitText {
  /// Splits at scalars.
  mutating func split(_ behavior: SplitBehavior, at isDelimiter: (UInt32) -> Bool) {
    split { bytes, range, emit in
      var stretches: [SplitBehavior.Stretch] = []
      var index = range.lowerBound
      var last = index
      while index < range.upperBound {
        let (scalar, length) = UTF8Scalars.read(bytes, index)
        if isDelimiter(scalar) {
          if last < index { stretches.append(.init(range: last..<index, isDelimiter: false)) }
          stretches.append(.init(range: index..<index + length, isDelimiter: true))
          last = index + length
        }
        index += length
      }
      if last < index { stretches.append(.init(range: last..<index, isDelimiter: false)) }
      for piece in behavior.pieces(stretches) { emit(piece) }
    }
  }

  /// Splits at the matches of a pattern, or at what lies between them.
  mutating func split(_ pattern: Pattern, _ behavior: SplitBehavior, isInverted: Bool) {
    split { bytes, range, emit in
      var stretches: [SplitBehavior.Stretch] = []
      var last = range.lowerBound
      pattern.forEachMatch(bytes, range) { match in
        if last != match.lowerBound {
          stretches.append(.init(range: last..<match.lowerBound, isDelimiter: isInverted))
        }
        stretches.append(.init(range: match, isDelimiter: !isInverted))
        last = match.upperBound
      }
      if last != range.upperBound {
        stretches.append(.init(range: last..<range.upperBound, isDelimiter: isInverted))
      }
      for piece in behavior.pieces(stretches) { emit(piece) }
    }
  }

  /// At white space, which goes, and around each punctuation character.
  mutating func splitLikeBert() {
    let table = ScalarTable.shared
    split { bytes, range, emit in
      var index = range.lowerBound
      var start = index
      while index < range.upperBound {
        let (scalar, length) = UTF8Scalars.read(bytes, index)
        let flags = table[scalar]
        if !flags.isDisjoint(with: [.whitespace, .punctuation]) {
          emit(start..<index)
          start = index + length
          if !flags.contains(.whitespace) { emit(index..<start) }
        }
        index &+= length
      }
      emit(start..<index)
    }
  }

  /// `\w+|[^\w\s]+`
  mutating func splitWords() {
    let table = ScalarTable.shared
    split { bytes, range, emit in
      let kinds: ScalarFlags = [.word, .whitespace]
      var index = range.lowerBound
      while index < range.upperBound {
        let (scalar, length) = UTF8Scalars.read(bytes, index)
        let kind = table[scalar].intersection(kinds)
        let start = index
        index += length
        while index < range.upperBound {
          let (scalar, length) = UTF8Scalars.read(bytes, index)
          guard table[scalar].intersection(kinds) == kind else { break }
          index += length
        }
        if !kind.contains(.whitespace) { emit(start..<index) }
      }
    }
  }

  /// Into pieces of `length` scalars.
  mutating func splitEvenly(_ length: Int) {
    split { bytes, range, emit in
      var index = range.lowerBound
      while index < range.upperBound {
        let start = index
        var count = 0
        while count < length, index < range.upperBound {
          index += UTF8Scalars.read(bytes, index).length
          count += 1
        }
        emit(start..<index)
      }
    }
  }
}
