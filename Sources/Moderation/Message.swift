/// A text to moderate and the context to judge it in.
public struct Message: Sendable, Hashable {
  public var text: String
  /// Values of the bundle's context dimensions, such as `["adult", "message"]`.
  public var context: [String]

  public init(_ text: String, context: [String] = []) {
    self.text = text
    self.context = context
  }
}
