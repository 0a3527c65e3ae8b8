import ArgumentParser
import JSON
import Moderation
import ModerationEvaluation

/// `moderate explain` shows the effect of each word and sentence on a verdict.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show which words and sentences carried a decision.",
    discussion: """
      Each word and each sentence is left out in turn, and the text is judged without it. The \
      difference of the scores is the effect of the word or sentence. Prints coloured text at a \
      terminal and JSON in a pipe, with offsets in Unicode scalars (start, end) and in UTF-16 code \
      units (startUTF16, endUTF16).
      """)

  @OptionGroup var moderator: ModeratorOptions
  @OptionGroup var input: InputOptions

  @Option(
    help: """
      A label to explain; repeatable. By default the labels that fired, or else the one with the \
      highest score.
      """)
  var label: [String] = []

  @OptionGroup var output: OutputOptions

  func run() throws {
    let records = try input.reader()
    let moderator = try moderator.moderator()
    let names = moderator.bundle.labels.map(\.name)
    for name in label where !names.contains(name) {
      throw EvaluationError.unknownLabel(name, known: names)
    }
    let explainer = Explainer(moderator)
    let format = output.chosen
    var out = ByteOutput()
    defer { try? out.flush() }
    // Every text is a batch of its own: itself and its variants.
    try BatchRun(batchSize: 1, title: "explain").run(
      records,
      prepare: { record throws(RecordProblem) in
        try input.message(of: record)
      },
      work: { messages in
        try messages.map { try explainer.explain($0, labels: label.isEmpty ? nil : label) }
      },
      emit: { line, result in
        switch (result, format) {
        case (.success(let explanation), .json):
          try out.write(line: explanation.json.encoded())
        case (.failure(let problem), .json): try out.write(line: problem.json(line: line))
        case (.success(let explanation), .table):
          try out.write(Self.text(explanation, terminal: .output))
        case (.failure, .table): break
        }
      },
      afterBatch: { try out.flush() })
  }

  /// One line a label, its text coloured, and the words that carry it.
  static func text(_ explanation: Explanation, terminal: Terminal) -> String {
    var result = ""
    for label in explanation.labels {
      let mark = label.isFlagged ? terminal.styled("●", .red) : terminal.styled("·", .dim)
      result += "\(mark) \(visible(label.name)) \(fixed(label.score, 3))\n"
      let line =
        terminal.usesColour
        ? explanation.colouredLine(label: label) : visible(explanation.text)
      result += "  \(line)\n"
      for part in label.carriers.prefix(5) {
        let effect = (part.effect < 0 ? "−" : "+") + fixed(abs(part.effect), 3)
        let text = DisplayText.truncated(visible(part.span.text), 60)
        result += "  " + terminal.styled(effect, .bold) + "  \(text)"
        result += terminal.styled(
          "  \(part.span.scalars.lowerBound)–\(part.span.scalars.upperBound)\n", .dim)
      }
      if let most = label.sentences.max(by: { $0.weight < $1.weight }), most.weight > 0 {
        let text = DisplayText.truncated(visible(most.span.text), 60)
        result += terminal.styled("  sentence: ", .dim) + text + "\n"
      }
    }
    return result + "\n"
  }
}
