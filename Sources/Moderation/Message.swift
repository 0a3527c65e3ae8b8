/// A text to moderate and the context to judge it in.
public struct Message: Sendable, Hashable {
  public var text: String
  /// Values of the bundle's context dimensions, such as `["adult", "message"]`.
  public var context: [String]

  public init(_ text: String, context: [String] = []) {
    self.text = text
    self.context = context
  }

  /// The message with a context, where it has none of its own.
  package func inContext(_ context: [String]) -> Message {
    self.context.isEmpty ? Message(text, context: context) : self
  }
}
