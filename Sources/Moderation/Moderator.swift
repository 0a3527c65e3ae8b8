public import Tensor

/// Reads messages and gives verdicts: a bundle bound to its model.
///
/// Loading maps the weights; afterwards a moderator holds no mutable state of its own, is cheap to
/// copy, and may be called from any number of tasks.
public struct Moderator: Sendable {
  /// What the moderator goes by.
  public let bundle: ModerationBundle
  let scorer: any TextScorer
  let labels: LabelReader
  /// The bundle's, unless the caller asked for another.
  public let longTexts: LongTextPolicy

  /// What a caller may ask for beyond what the bundle says.
  public struct Options: Sendable {
    /// Nil: the bundle's first.
    public var precision: ModelReference.Precision?
    /// Threads to compute on, where no processor is given; nil is one for each core.
    public var threads: Int?
    /// Where to compute. Several moderators can share one, and with it its threads. nil: a processor of
    /// the moderator's own.
    public var processor: Processor?
    /// Tokens of one pass, when fewer than the bundle and the model allow.
    public var maximumTokens: Int?
    /// Windows over long texts, even where the bundle truncates.
    public var usesWindows: Bool

    public init(
      precision: ModelReference.Precision? = nil, threads: Int? = nil,
      processor: Processor? = nil, maximumTokens: Int? = nil, usesWindows: Bool = false
    ) {
      self.precision = precision
      self.threads = threads
      self.processor = processor
      self.maximumTokens = maximumTokens
      self.usesWindows = usesWindows
    }
  }

  init(bundle: ModerationBundle, scorer: any TextScorer, longTexts: LongTextPolicy? = nil)
    throws(ModerationError)
  {
    self.bundle = bundle
    self.scorer = scorer
    self.longTexts = longTexts ?? bundle.longTexts
    labels = try LabelReader(bundle: bundle, heads: scorer.heads)
  }

  /// Judges one message.
  ///
  /// - Parameter context: Values of the bundle's context dimensions, such as `["adult", "message"]`.
  public func moderate(_ text: String, context: [String] = []) throws(ModerationError) -> Verdict {
    try moderate([Message(text, context: context)])[0]
  }

  /// Judges texts in one batch: one verdict each, in order, each the same as it would be alone.
  public func moderate(_ texts: [String], context: [String] = []) throws(ModerationError)
    -> [Verdict]
  {
    var messages: [Message] = []
    messages.reserveCapacity(texts.count)
    for text in texts { messages.append(Message(text, context: context)) }
    return try moderate(messages)
  }

  /// Judges messages in one batch: one verdict each, in order, each the same as it would be alone.
  public func moderate(_ messages: [Message]) throws(ModerationError) -> [Verdict] {
    guard !messages.isEmpty else { return [] }
    var texts: [ModelText] = []
    texts.reserveCapacity(messages.count)
    for message in messages { texts.append(try modelText(of: message)) }
    let scores = try scorer.scores(for: texts, longTexts: longTexts)
    var verdicts: [Verdict] = []
    verdicts.reserveCapacity(messages.count)
    for (message, score) in zip(messages, scores) {
      verdicts.append(labels.verdict(on: message, scores: score))
    }
    return verdicts
  }

  /// The text as the model is given it: prompt and context prefixes in front.
  ///
  /// - Throws: `unknownContext`, or `contextNotSupported` for a context where the bundle has none.
  public func modelText(of message: Message) throws(ModerationError) -> ModelText {
    try bundle.modelText(of: message)
  }
}

extension ModerationBundle {
  /// The text as the model is given it: prompt and context prefixes in front.
  ///
  /// - Throws: `unknownContext`, or `contextNotSupported` for a context where there are none.
  public func modelText(of message: Message) throws(ModerationError) -> ModelText {
    let prompt = model.prompt ?? ""
    guard let context else {
      guard message.context.isEmpty else { throw .contextNotSupported(bundle: name) }
      return ModelText(prefix: prompt, text: message.text)
    }
    return ModelText(
      prefix: prompt + (try context.prefix(for: message.context)), text: message.text)
  }
}
