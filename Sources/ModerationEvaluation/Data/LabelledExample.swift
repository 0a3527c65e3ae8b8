public import Moderation

/// One annotated message.
public struct LabelledExample: Sendable, Hashable {
  /// The line of the file that it starts on, from 1.
  public var line: Int
  public var text: String
  /// The annotators' answers, by label; a label that is not a key is unknown, not negative.
  public var labels: [String: Bool]
  /// Anything else that is known about the message, such as its language, for slicing.
  public var metadata: [String: String]
  /// Values of the bundle's context dimensions, as of `Message`.
  public var context: [String]

  public init(
    line: Int = 0, text: String, labels: [String: Bool], metadata: [String: String] = [:],
    context: [String] = []
  ) {
    self.line = line
    self.text = text
    self.labels = labels
    self.metadata = metadata
    self.context = context
  }

  /// The text and context as a moderator takes them.
  public var message: Message { Message(text, context: context) }
}
