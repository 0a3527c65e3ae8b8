import Moderation

/// Verdicts as a table at a terminal.
struct VerdictTable {
  let bundle: ModerationBundle
  let terminal: Terminal

  /// One message with every label, its score against its threshold, and what to do.
  func details(_ verdict: Verdict) -> String {
    var result = terminal.styled(visible(verdict.text), .bold) + "\n"
    result += summary(verdict) + "\n\n"
    var table = Table([
      .init(title: ""), .init(title: "label"), .init(title: "score", alignRight: true),
      .init(title: "fires at", alignRight: true), .init(title: ""), .init(title: "severity"),
      .init(title: bundle.labels.contains { $0.direction != nil } ? "direction" : ""),
    ])
    for (label, definition) in zip(verdict.labels, bundle.labels) {
      let style = label.isFlagged ? style(of: label.severity) : nil
      table.append([
        .init(label.isFlagged ? "●" : "", style),
        .init(label.name, style),
        .init(fixed(label.score, 3), style),
        .init(fixed(label.threshold, 2), .dim),
        .init(bar(label.score), style ?? .dim),
        .init(label.severity.rawValue, style ?? .dim),
        .init(definition.direction?.description ?? "", style ?? .dim),
      ])
    }
    result += table.rendered(for: terminal, indent: 2)
    for (audience, actions) in [
      ("to the author", verdict.actions.forAuthor),
      ("to other readers", verdict.actions.forReaders),
    ] where !actions.isEmpty {
      result += "\n  \(audience):\n"
      for action in actions {
        result += "    \(action.id)" + (action.text.isEmpty ? "" : " – \(action.text)") + "\n"
      }
    }
    return result
  }

  /// One line for each message of a tree, replies indented below what they answer.
  func lines(_ tree: VerdictTree) -> String {
    tree.nodes.map { line($0.verdict, depth: $0.depth) }.joined()
  }

  private func line(_ verdict: Verdict, depth: Int) -> String {
    let labels = verdict.flaggedLabels
    let mark = labels.isEmpty ? terminal.styled("·", .dim) : styled("●", verdict.severity)
    // A tree of any depth keeps room for its text.
    let indent = depth == 0 ? "" : String(repeating: "  ", count: min(depth, 12) - 1) + "↳ "
    let text = indent + visible(verdict.text)
    let verdictWidth = min(34, terminal.width / 2)
    let textWidth = max(20, terminal.width - verdictWidth - 5)
    var words = labels.map { label in
      "\(label.name) \(fixed(label.score, 2))" + arrow(label.name, verdict)
    }
    if labels.isEmpty {
      words = [verdict.base ?? highest(verdict)]
    }
    if verdict.isTruncated { words.append("truncated") }
    let judgement = words.joined(separator: ", ")
    let shown =
      labels.isEmpty
      ? terminal.styled(judgement, .dim) : styled(judgement, verdict.severity)
    return "\(mark) \(DisplayText.fitted(text, textWidth))  \(shown)\n"
  }

  private func highest(_ verdict: Verdict) -> String {
    guard let label = verdict.labels.max(by: { $0.score < $1.score }) else { return "" }
    return "\(label.name) \(fixed(label.score, 2))"
  }

  private func arrow(_ label: String, _ verdict: Verdict) -> String {
    guard let edge = verdict.directions?.first(where: { $0.label == label }) else { return "" }
    return " (\(edge.direction))"
  }

  private func summary(_ verdict: Verdict) -> String {
    let names = verdict.flaggedLabels.map(\.name).joined(separator: ", ")
    let head =
      verdict.isFlagged
      ? styled("flagged: \(names)", verdict.severity)
      : terminal.styled(verdict.base ?? "not flagged", .green)
    var facts = "\(verdict.tokenCount) tokens"
    if verdict.isTruncated { facts += ", the end of the text was not read" }
    if verdict.windowCount > 1 { facts += " in \(verdict.windowCount) windows" }
    return head + terminal.styled("  (\(facts))", .dim)
  }

  private func style(of severity: Severity) -> Terminal.Style {
    switch severity {
    case .low: .blue
    case .medium: .yellow
    case .high: .red
    case .critical: .boldRed
    }
  }

  private func styled(_ text: String, _ severity: Severity?) -> String {
    severity.map { terminal.styled(text, style(of: $0)) } ?? text
  }

  private func bar(_ score: Float) -> String {
    guard score.isFinite else { return "" }
    let eighths = Int((min(max(score, 0), 1) * 80).rounded())
    var bar = String(repeating: "█", count: eighths / 8)
    if eighths % 8 > 0, let part = Unicode.Scalar(0x2590 - UInt32(eighths % 8)) {
      bar.unicodeScalars.append(part)
    }
    return bar
  }
}
