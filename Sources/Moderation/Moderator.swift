public import Tensor
public import Transformer

/// Reads messages and gives verdicts: a bundle bound to its model.
///
/// Loading maps the weights; afterwards a moderator holds no mutable state of its own, is cheap to
/// copy, and may be called from any number of tasks.
public struct Moderator: Sendable {
  /// The labels, thresholds and actions that the verdicts are given by.
  public let bundle: ModerationBundle
  /// The bundle's policy, unless the caller asked for another.
  public let longTexts: LongTextPolicy
  /// The context of messages that have none of their own.
  public let defaultContext: [String]
  let classifier: any TextClassifier
  let labels: LabelReader

  /// Settings of the caller, which go before those of the bundle.
  public struct Options: Sendable {
    /// Nil: the bundle's first.
    public var precision: Precision?
    /// Threads to compute on, where no processor is given; nil is one for each core.
    public var threads: Int?
    /// A LoRA adapter in place of the bundle's: the path of its folder, or the name of one below the
    /// model's `adapters`.
    public var adapter: String?
    /// Where to compute. Several moderators can share one, and with it its threads. Nil: a processor
    /// of the moderator's own.
    public var processor: Processor?
    /// Tokens of one pass, when fewer than the bundle and the model allow.
    public var maximumTokens: Int?
    /// Windows over long texts, even where the bundle truncates.
    public var usesWindows: Bool
    /// The context of messages that have none of their own, such as `["adult", "message"]`.
    public var defaultContext: [String]

    public init(
      precision: Precision? = nil, adapter: String? = nil, threads: Int? = nil,
      processor: Processor? = nil, maximumTokens: Int? = nil, usesWindows: Bool = false,
      defaultContext: [String] = []
    ) {
      self.precision = precision
      self.adapter = adapter
      self.threads = threads
      self.processor = processor
      self.maximumTokens = maximumTokens
      self.usesWindows = usesWindows
      self.defaultContext = defaultContext
    }
  }

  init(
    bundle: ModerationBundle, classifier: any TextClassifier, longTexts: LongTextPolicy? = nil,
    defaultContext: [String] = []
  ) throws(ModerationError) {
    self.bundle = bundle
    self.classifier = classifier
    self.longTexts = longTexts ?? bundle.longTexts
    self.defaultContext = defaultContext
    labels = try LabelReader(bundle: bundle, heads: classifier.heads)
  }

  /// Judges one message.
  ///
  /// - Parameter context: Values of the bundle's context dimensions, such as `["adult", "message"]`.
  public func moderate(_ text: String, context: [String] = []) throws(ModerationError) -> Verdict {
    try moderate([Message(text, context: context)])[0]
  }

  /// Judges texts in one batch: one verdict each, in order, each the same as it would be alone.
  ///
  /// - Throws: the error of the first text that cannot be judged.
  public func moderate(_ texts: [String], context: [String] = []) throws(ModerationError)
    -> [Verdict]
  {
    try moderate(texts.map { Message($0, context: context) })
  }

  /// Judges messages in one batch: one verdict each, in order, each the same as it would be alone.
  ///
  /// - Throws: the error of the first message that cannot be judged.
  public func moderate(_ messages: [Message]) throws(ModerationError) -> [Verdict] {
    var verdicts: [Verdict] = []
    verdicts.reserveCapacity(messages.count)
    for result in moderateEach(messages) { verdicts.append(try result.get()) }
    return verdicts
  }

  /// Judges messages in one batch: one result each, in order. A message that cannot be judged has an
  /// error of its own; the verdicts on the others are the same as they would be without it.
  public func moderateEach(_ messages: [Message]) -> [Result<Verdict, ModerationError>] {
    let messages = messages.map(inContext)
    let texts = messages.map { message in
      Result { () throws(ModerationError) in try bundle.modelText(of: message) }
    }
    var found = attempt(texts.compactMap { try? $0.get() }) {
      (texts) throws(ModerationError) in try classifier.classify(texts, longTexts: longTexts)
    }[...]
    return zip(messages, texts).map { message, text in
      text.flatMap { _ in found.removeFirst() }
        .map { labels.verdict(on: message, $0) }
    }
  }

  /// The verdict that this moderator gives on the same scores under other thresholds, with the actions
  /// and edges that follow from them.
  ///
  /// - Parameters:
  ///   - verdict: one of this moderator's own
  ///   - thresholds: by the label's name; a label that is not named keeps the one it has
  public func verdict(_ verdict: Verdict, under thresholds: [String: Double]) -> Verdict {
    thresholds.isEmpty ? verdict : labels.verdict(verdict, under: thresholds)
  }

  /// The encoder whose embedding the heads score; nil where the model is a classifier or the network
  /// of characters and words.
  public var encoder: SentenceEncoder? { classifier.encoder }

  /// How a text becomes tokens; nil for the network of characters and words, whose tokens are words.
  public var input: ModelTokenizer? { classifier.modelInput }

  /// Tokens of one pass, special ones included: the least of what the model, the bundle and the
  /// options allow. Nil where the model's tokens are words.
  public var maximumTokens: Int? { classifier.passTokens }

  /// The message in the context that it is judged in: its own, or the default one.
  public func inContext(_ message: Message) -> Message {
    message.inContext(defaultContext)
  }
}
