/// A text as a model is given it.
public struct ModelText: Sendable, Hashable {
  /// Prompt and context prefixes, which every window of a long text begins with.
  public var prefix: String
  public var text: String

  public init(prefix: String = "", text: String) {
    self.prefix = prefix
    self.text = text
  }

  public var joined: String { prefix + text }
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
