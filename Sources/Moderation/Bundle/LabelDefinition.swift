/// One label of a moderator: where its score comes from, when it fires and what follows.
public struct LabelDefinition: Sendable, Equatable {
  /// One class of one head that a label reads.
  public struct Source: Sendable, Hashable {
    /// Name of the head, or of the classifier.
    public var head: String
    /// Name of the class in that head.
    public var className: String

    public init(head: String, className: String) {
      self.head = head
      self.className = className
    }
  }

  /// The rows that a tuned threshold rests on.
  public struct Support: Sendable, Hashable {
    public var positives: Int
    public var negatives: Int
    /// Where the rows came from, usually a file's name.
    public var source: String?

    public init(positives: Int, negatives: Int, source: String? = nil) {
      self.positives = positives
      self.negatives = negatives
      self.source = source
    }
  }

  public var name: String
  public var description: String
  /// The label fires when its score is at or above this, both as float32. 0…1.
  public var threshold: Double
  /// The thresholds that a caller may choose instead; nil: none but ``threshold``.
  public var thresholdRange: ClosedRange<Double>?
  public var severity: Severity
  /// The classes whose mean is the label's score. Empty: the class of the label's own name.
  public var sources: [Source]
  public var direction: HarmDirection?
  /// Ids of the actions towards the author, keys of ``ModerationBundle/actions``.
  public var authorActions: [String]
  /// Ids of the actions towards other readers.
  public var readerActions: [String]
  public var calibration: Calibration?
  public var support: Support?

  public init(
    name: String, description: String = "", threshold: Double = 0.5,
    thresholdRange: ClosedRange<Double>? = nil, severity: Severity = .medium,
    sources: [Source] = [], direction: HarmDirection? = nil,
    authorActions: [String] = [], readerActions: [String] = [], calibration: Calibration? = nil,
    support: Support? = nil
  ) {
    self.name = name
    self.description = description
    self.threshold = threshold
    self.thresholdRange = thresholdRange
    self.severity = severity
    self.sources = sources
    self.direction = direction
    self.authorActions = authorActions
    self.readerActions = readerActions
    self.calibration = calibration
    self.support = support
  }
}
