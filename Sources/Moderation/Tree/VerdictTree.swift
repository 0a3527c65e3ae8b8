public import JSON

/// The verdicts on a ``MessageTree``, node by node in its order.
public struct VerdictTree: Sendable, Equatable {
  public struct Node: Sendable, Equatable {
    public let verdict: Verdict
    public let id: JSONValue?
    public let depth: Int
  }

  public let nodes: [Node]

  public var root: Node { nodes[0] }

  /// Whether any label fired anywhere in the tree.
  public var isFlagged: Bool { nodes.contains { $0.verdict.isFlagged } }
}

extension VerdictTree {
  /// The tree as one line of JSON: each verdict's members, then `"replies"` where there are any.
  ///
  /// - Parameter members: the names of the members that are kept, all of them if nil. The id and the
  ///   replies are always there.
  public func encoded(members: Set<String>? = nil) -> [UInt8] {
    var bytes: [UInt8] = []
    var open = 0
    for (index, node) in nodes.enumerated() {
      // Close what the node before left open: itself, and a list of replies for each level up.
      if index > 0 {
        if node.depth < open {
          bytes.append(UInt8(ascii: "}"))
          for _ in node.depth..<open - 1 { bytes.append(contentsOf: "]}".utf8) }
          bytes.append(UInt8(ascii: ","))
        } else {
          bytes.append(contentsOf: ",\"replies\":[".utf8)
        }
      }
      var object = JSONObject()
      if let id = node.id { object["id"] = id }
      for (key, value) in node.verdict.members where members?.contains(key) ?? true {
        object[key] = value
      }
      bytes.append(contentsOf: JSONValue.object(object).encoded().dropLast())
      open = node.depth + 1
    }
    bytes.append(UInt8(ascii: "}"))
    for _ in 1..<max(1, open) { bytes.append(contentsOf: "]}".utf8) }
    return bytes
  }
}
