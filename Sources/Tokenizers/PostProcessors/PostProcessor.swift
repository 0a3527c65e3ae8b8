/// The step that puts special tokens around the tokens of one text or two, as `tokenizer.json`
/// names them.
indirect enum PostProcessor: Sendable {
  case template(Template)
  case bert(separator: Int32, classification: Int32)
  case roberta(separator: Int32, classification: Int32, trims: OffsetTrim?)
  case byteLevel(trims: OffsetTrim?)
  case sequence([PostProcessor])

  /// How to trim offsets that begin or end with spaces.
  struct OffsetTrim: Sendable {
    /// A single space before the first token may have been put there, and stays.
    let hasPrefixSpace: Bool
  }

  /// How many tokens are added.
  func addedCount(isPair: Bool) -> Int {
    switch self {
    case .template(let template): template.addedCount(isPair: isPair)
    case .bert: isPair ? 3 : 2
    case .roberta: isPair ? 4 : 2
    case .byteLevel: 0
    case .sequence(let steps): steps.reduce(0) { $0 + $1.addedCount(isPair: isPair) }
    }
  }

  /// Whether tokens need to know how many spaces they begin and end with.
  var trimsOffsets: Bool {
    switch self {
    case .roberta(_, _, let trims), .byteLevel(let trims): trims != nil
    case .sequence(let steps): steps.contains { $0.trimsOffsets }
    case .template, .bert: false
    }
  }

  /// - Parameters:
  ///   - runs: the tokens of one text or two.
  ///   - originals: the UTF-8 of the texts.
  func process(
    _ runs: [TokenRun], addingSpecialTokens: Bool, originals: [[UInt8]]
  ) -> [TokenRun] {
    switch self {
    case .template(let template):
      return template.process(runs, addingSpecialTokens: addingSpecialTokens)
    case .bert(let separator, let classification):
      guard addingSpecialTokens else { return runs }
      return runs.enumerated().map { index, run in
        let typeID: Int32 = index == 0 ? 0 : 1
        var result = TokenRun(added: index == 0 ? [classification] : [], typeID: typeID)
        result.append(run)
        result.append(TokenRun(added: [separator], typeID: typeID))
        return result
      }
    case .roberta(let separator, let classification, let trims):
      var runs = runs
      for index in runs.indices {
        if let trims { trims.trim(&runs[index], originals) }
        runs[index].setTypeID(0)
      }
      guard addingSpecialTokens else { return runs }
      return runs.enumerated().map { index, run in
        var result = TokenRun(added: [index == 0 ? classification : separator], typeID: 0)
        result.append(run)
        result.append(TokenRun(added: [separator], typeID: 0))
        return result
      }
    case .byteLevel(let trims):
      guard let trims else { return runs }
      var runs = runs
      for index in runs.indices { trims.trim(&runs[index], originals) }
      return runs
    case .sequence(let steps):
      return steps.reduce(runs) {
        $1.process($0, addingSpecialTokens: addingSpecialTokens, originals: originals)
      }
    }
  }
}

extension PostProcessor.OffsetTrim {
  func trim(_ run: inout TokenRun, _ originals: [[UInt8]]) {
    for index in run.spaces.indices {
      guard let sequence = run.sequences[index], originals.indices.contains(sequence) else {
        continue
      }
      let (leading, trailing) = run.spaces[index]
      let bytes = originals[sequence]
      var start = run.offsets[index].lowerBound
      var end = run.offsets[index].upperBound
      if leading > 0, !((index == 0 || start == 0) && hasPrefixSpace && leading == 1) {
        for _ in 0..<leading where start < end {
          start = min(end, start + UTF8Scalars.read(bytes.span, start).length)
        }
      }
      if trailing > 0, let back = scalars(trailing, before: min(end, bytes.count), bytes.span) {
        end = max(start, back)
      }
      run.offsets[index] = start..<max(start, end)
    }
  }

  /// The index `count` scalars before another, nil if there are not so many.
  private func scalars(
    _ count: Int, before index: Int, _ bytes: borrowing Span<UInt8>
  ) -> Int? {
    var index = index
    for _ in 0..<count {
      guard index > 0 else { return nil }
      index = UTF8Scalars.before(bytes, index)
    }
    return index
  }
}

/// `[CLS] $A [SEP]`, and the same for pairs.
struct Template: Sendable {
  enum Part: Sendable {
    case sequence(Int, typeID: Int32)
    case special([Int32], typeID: Int32)
  }

  let single: [Part]
  let pair: [Part]

  /// `[CLS] $A [SEP]`, and for pairs `[CLS] $A [SEP] $B [SEP]`, the second text with token type 1.
  static func classification(id: Int32, separator: Int32) -> Template {
    let single: [Part] = [
      .special([id], typeID: 0), .sequence(0, typeID: 0), .special([separator], typeID: 0),
    ]
    return Template(
      single: single,
      pair: single + [.sequence(1, typeID: 1), .special([separator], typeID: 1)])
  }

  func addedCount(isPair: Bool) -> Int {
    (isPair ? pair : single).reduce(0) { count, part in
      if case .special(let ids, _) = part { count + ids.count } else { count }
    }
  }

  func process(_ runs: [TokenRun], addingSpecialTokens: Bool) -> [TokenRun] {
    (runs.count > 1 ? pair : single).compactMap { part in
      switch part {
      case .sequence(let index, let typeID):
        guard runs.indices.contains(index) else { return nil }
        var run = runs[index]
        run.setTypeID(typeID)
        return run
      case .special(let ids, let typeID):
        return addingSpecialTokens ? TokenRun(added: ids, typeID: typeID) : nil
      }
    }
  }
}
