/// Who harms whom, seen from the message's author.
///
/// A message is a directed graph over two nodes, its author ("I") and everybody else; a label may
/// stand for one of the graph's four possible edges.
public struct HarmDirection: Sendable, Hashable {
  public enum Party: String, Sendable, Hashable, CaseIterable {
    case author, others
  }

  public let from: Party
  public let to: Party

  public init(from: Party, to: Party) {
    self.from = from
    self.to = to
  }
}

extension HarmDirection: CustomStringConvertible {
  public var description: String { "\(from.rawValue) → \(to.rawValue)" }
}
