import Moderation

/// Measures how far each label's recall falls when its positives are written in disguise.
public struct DisguiseProbe<Model: EvaluatedModel> {
  private let model: Model
  private let points: [OperatingPoint]
  /// The model's labels, then the derived one unless the model has it.
  private let names: [String]
  private let perturber: Perturber
  private let kinds: [(disguise: Disguise, strength: Int)]
  private let batch: Int
  private var pending: [(message: Message, labels: [Int])] = []
  private var positives: [Int]
  private var foundPlain: [Int]
  /// `[kind][label]`
  private var foundDisguised: [[Int]]

  /// - Parameters:
  ///   - points: operating points to judge by; nil for the model's own.
  ///   - disguises: which to try, each at every strength of `strengths`.
  ///   - batch: how many messages are scored at a time.
  public init(
    _ model: Model, points: [OperatingPoint]? = nil, disguises: [Disguise] = Disguise.allCases,
    strengths: ClosedRange<Int> = Perturber.strengths, seed: UInt64 = 0, batch: Int = 64
  ) {
    self.model = model
    let labels = model.evaluatedLabels
    self.points = points ?? labels.map(\.point)
    let own = labels.map(\.name)
    let any = Evaluator<Model>.anyLabel
    names = own.contains(any) ? own : own + [any]
    perturber = Perturber(seed: seed)
    kinds = disguises.flatMap { disguise in strengths.map { (disguise, $0) } }
    self.batch = max(1, batch)
    positives = Array(repeating: 0, count: names.count)
    foundPlain = positives
    foundDisguised = Array(repeating: positives, count: kinds.count)
  }

  /// Takes one message; only those that are positive for a label cost anything.
  public mutating func add(_ example: LabelledExample) {
    let labels = names.indices.filter { example.labels[names[$0]] == true }
    guard !labels.isEmpty else { return }
    pending.append((example.message, labels))
    if pending.count == batch { finish() }
  }

  /// Scores the messages that wait for a full batch. Messages that the model cannot score are left
  /// out; a disguised one that it cannot score counts as not found.
  public mutating func finish() {
    guard !pending.isEmpty else { return }
    let plain = zip(pending, model.rawScores(of: pending.map(\.message)))
      .compactMap { one, result in (try? result.get()).map { (one, $0) } }
    let waiting = plain.map(\.0)
    pending.removeAll(keepingCapacity: true)
    for (one, scored) in plain {
      for label in one.labels {
        positives[label] += 1
        foundPlain[label] += isFlagged(label, scored) ? 1 : 0
      }
    }
    for (kind, (disguise, strength)) in kinds.enumerated() {
      let messages = waiting.map {
        Message(
          perturber($0.message.text, disguise, strength: strength), context: $0.message.context)
      }
      for (one, result) in zip(waiting, model.rawScores(of: messages)) {
        guard case .success(let scored) = result else { continue }
        for label in one.labels where isFlagged(label, scored) {
          foundDisguised[kind][label] += 1
        }
      }
    }
  }

  private func isFlagged(_ label: Int, _ scored: LabelScores) -> Bool {
    guard points.indices.contains(label) else {
      return zip(points, scored.scores).contains { $0.isFlagged($1) }
    }
    return points[label].isFlagged(scored.scores[label])
  }

  /// One result for each disguise and strength, over the labels that had positives.
  public var results: [DisguiseResult] {
    let present = names.indices.filter { positives[$0] > 0 }
    return kinds.enumerated().map { kind, pair in
      DisguiseResult(
        disguise: pair.disguise, strength: pair.strength,
        labels: present.map {
          .init(
            name: names[$0], positives: positives[$0], foundPlain: foundPlain[$0],
            foundDisguised: foundDisguised[kind][$0])
        })
    }
  }
}
