import Moderation
import ModerationEvaluation

/// The screen of a reviewer.
struct ReviewScreen {
  let terminal: Terminal
  let answeredBefore: Int

  func show(_ session: ReviewSession) throws {
    guard let item = session.current else { return }
    var out = ByteOutput()
    // Clear the screen and go to its corner.
    try out.write("\u{1B}[2J\u{1B}[H")
    try out.write(page(item, session))
    try out.flush()
  }

  func page(_ item: ReviewItem, _ session: ReviewSession) -> String {
    var text = terminal.styled("\(session.position + 1) of \(session.items.count)", .bold)
    text += terminal.styled(
      "   \(session.corrected) corrected, \(session.confirmed) confirmed, "
        + "\(session.skipped) skipped", .dim)
    if answeredBefore > 0 {
      text += terminal.styled(", \(answeredBefore) before", .dim)
    }
    text += "\n\n  " + visible(item.example.text) + "\n\n"
    if !item.example.context.isEmpty {
      text += terminal.styled("  \(item.example.context.joined(separator: ", "))\n\n", .dim)
    }
    var table = Table([
      .init(title: ""), .init(title: ""), .init(title: "label"),
      .init(title: "score", alignRight: true), .init(title: "fires at", alignRight: true),
      .init(title: ""),
    ])
    for (index, label) in item.labels.enumerated() {
      let isOn = session.labels[index]
      let key =
        index < ReviewSession.labelKeys.count ? String(ReviewSession.labelKeys[index]) : ""
      let note =
        if let truth = label.truth {
          truth == label.isFlagged ? "annotated" : "annotated, the model disagrees"
        } else {
          isOn == label.isFlagged ? "" : "corrected"
        }
      table.append([
        .init(key, .bold), .init(isOn ? "[x]" : "[ ]", isOn ? .red : nil),
        .init(visible(label.name), isOn ? .red : nil),
        .init(fixed(label.score, 3)), .init(fixed(label.threshold, 3), .dim),
        .init(note, .yellow),
      ])
    }
    text += table.rendered(for: terminal, indent: 2)
    text += "\n  "
    for (key, meaning) in [
      ("1…", "turn over"), ("n", "none"), ("Return", "save"), ("s", "skip"), ("u", "back"),
      ("q", "quit"),
    ] {
      text += terminal.styled(key, .bold) + terminal.styled(" \(meaning)   ", .dim)
    }
    return text + "\n"
  }

  func close(_ session: ReviewSession, path: String) throws {
    var out = ByteOutput()
    let left = session.items.count - session.position
    try out.write(
      "\n\(session.corrected) corrected, \(session.confirmed) confirmed, \(session.skipped) skipped, "
        + "\(left) left. Saved in \(path).\n")
    try out.flush()
  }
}
