public import JSON

/// A comment and its replies, to any depth, lying flat: parents before their replies, each with its
/// depth. Nothing here recurses, so depth costs no stack.
public struct MessageTree: Sendable, Equatable {
  public struct Node: Sendable, Equatable {
    public var message: Message
    /// The message's name in the source, a string or a number. The verdict has it too.
    public var id: JSONValue?
    /// 0 for the root.
    public let depth: Int
  }

  /// Depth first. The first node is the root and the only one of depth 0; every other is at most
  /// one deeper than the node before it.
  public private(set) var nodes: [Node]

  public init(_ root: Message, id: JSONValue? = nil) {
    nodes = [Node(message: root, id: id, depth: 0)]
  }

  /// The caller vouches for the order of `nodes`.
  init(nodes: [Node]) { self.nodes = nodes }

  /// Adds a message below the last one of depth `depth - 1`.
  ///
  /// - Throws: `invalidTree` unless `depth` is at least 1 and at most one more than the last node's.
  public mutating func append(_ message: Message, id: JSONValue? = nil, depth: Int)
    throws(ModerationError)
  {
    guard depth >= 1, depth <= nodes[nodes.count - 1].depth + 1 else {
      throw .invalidTree("a message of depth \(depth) follows one of \(nodes.last?.depth ?? 0)")
    }
    nodes.append(Node(message: message, id: id, depth: depth))
  }

  public var root: Node { nodes[0] }
}
