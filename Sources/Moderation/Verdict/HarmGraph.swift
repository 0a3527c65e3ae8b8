/// Verdicts as directed graphs in Graphviz' DOT language: who harms whom, one cluster a message.
public enum HarmGraph {
  /// `digraph` of all messages, edges named by label and score; messages without edges are drawn
  /// with their two nodes alone.
  public static func dot(_ verdicts: [Verdict]) -> String {
    verdicts.enumerated().reduce(header) { $0 + cluster($1.element, number: $1.offset + 1) }
      + footer
  }

  package static let header = """
    digraph moderation {
      rankdir=LR;
      node [shape=ellipse, fontname="sans-serif"];
      edge [fontname="sans-serif"];

    """
  package static let footer = "}\n"

  /// One message's part of the graph, between ``header`` and ``footer``.
  package static func cluster(_ verdict: Verdict, number: Int) -> String {
    var lines = [
      "  subgraph cluster_\(number) {",
      "    label=\(quoted(verdict.text));",
      "    author_\(number) [label=\"author\"];",
      "    others_\(number) [label=\"others\"];",
    ]
    for edge in verdict.directions ?? [] {
      let text = "\(edge.label) \(fixed(verdict[edge.label]?.score ?? .nan, 2))"
      lines.append(
        "    \(edge.direction.from.rawValue)_\(number) -> \(edge.direction.to.rawValue)_\(number)"
          + " [label=\(quoted(text))];")
    }
    return lines.joined(separator: "\n") + "\n  }\n"
  }

  /// A DOT string. A backslash before `l`, `n` or `r` would set the text, so each is doubled.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in visible(text).unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
