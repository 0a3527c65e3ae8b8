import Tokenizers

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
  /// - Throws: `textTooLong`, `unknownContext`, or `contextNotSupported` for a context where there are
  ///   none.
  public func modelText(of message: Message) throws(ModerationError) -> ModelText {
    var prefix = model.prompt ?? ""
    if let context {
      prefix += try context.prefix(for: message.context)
    } else if !message.context.isEmpty {
      throw .contextNotSupported(bundle: name)
    }
    let bytes = prefix.utf8.count + message.text.utf8.count
    guard bytes <= Tokenizer.longestText else {
      throw .textTooLong(bytes: bytes, limit: Tokenizer.longestText)
    }
    return ModelText(prefix: prefix, text: message.text)
  }
}
