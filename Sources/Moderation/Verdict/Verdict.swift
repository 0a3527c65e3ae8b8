/// The judgement on one message: a score for every label, and the actions that follow.
public struct Verdict: Sendable, Equatable {
  /// The message as it was given, without context or prompt.
  public let text: String
  /// The context it was judged in, as it was given.
  public let context: [String]
  /// Every label of the bundle, in the bundle's order.
  public let labels: [LabelVerdict]
  /// The actions of the labels that fired; each action once, in the labels' order.
  public let actions: Actions
  /// The edges of the message's graph of harm, from the labels that fired; nil when no label of the
  /// bundle has a direction.
  public let directions: [Edge]?
  /// The bundle's name for a message on which no label fired; nil when one fired.
  public let base: String?
  /// Tokens of the whole text with its special tokens, before truncation.
  public let tokenCount: Int
  /// Whether tokens were left out. With windows, only those beyond the most windows of one text.
  public let isTruncated: Bool
  /// The number of windows that the text was read in; 1 unless the bundle asks for windows.
  public let windowCount: Int

  public struct Actions: Sendable, Equatable {
    public let forAuthor: [Action]
    public let forReaders: [Action]

    public init(forAuthor: [Action] = [], forReaders: [Action] = []) {
      self.forAuthor = forAuthor
      self.forReaders = forReaders
    }

    public var isEmpty: Bool { forAuthor.isEmpty && forReaders.isEmpty }
  }

  /// One edge of the graph and the label that drew it.
  public struct Edge: Sendable, Hashable {
    public let direction: HarmDirection
    public let label: String

    public init(direction: HarmDirection, label: String) {
      self.direction = direction
      self.label = label
    }
  }

  public init(
    text: String, context: [String] = [], labels: [LabelVerdict], actions: Actions = Actions(),
    directions: [Edge]? = nil, base: String? = nil, tokenCount: Int, isTruncated: Bool = false,
    windowCount: Int = 1
  ) {
    self.text = text
    self.context = context
    self.labels = labels
    self.actions = actions
    self.directions = directions
    self.base = base
    self.tokenCount = tokenCount
    self.isTruncated = isTruncated
    self.windowCount = windowCount
  }

  /// Whether any label fired.
  public var isFlagged: Bool { labels.contains { $0.isFlagged } }

  /// The labels that fired.
  public var flaggedLabels: [LabelVerdict] { labels.filter(\.isFlagged) }

  /// The gravest severity among the labels that fired; nil when none did.
  public var severity: Severity? { flaggedLabels.map(\.severity).max() }

  /// A label by its name.
  public subscript(name: String) -> LabelVerdict? { labels.first { $0.name == name } }
}

/// The score of one message under one label, and whether the label fires.
public struct LabelVerdict: Sendable, Hashable {
  public let name: String
  /// The score that is compared with the threshold: calibrated, where the label has a calibration.
  /// NaN when the model gave no number; a NaN never fires.
  public let score: Float
  /// The score before calibration.
  public let rawScore: Float
  /// As float32, as it was compared.
  public let threshold: Float
  public let severity: Severity

  public init(
    name: String, score: Float, rawScore: Float? = nil, threshold: Float, severity: Severity
  ) {
    self.name = name
    self.score = score
    self.rawScore = rawScore ?? score
    self.threshold = threshold
    self.severity = severity
  }

  /// Whether the score is at or above the threshold.
  public var isFlagged: Bool { score >= threshold }
}
