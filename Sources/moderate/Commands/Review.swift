import ArgumentParser
import JSON
import Moderation
import ModerationEvaluation

/// `moderate review`: a person looks at verdicts and corrects them.
struct Review: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Go through verdicts in the terminal and correct them.",
    discussion: """
      Each answer is on the disk before the next message is shown, as a line of annotated JSON that \
      `moderate evaluate` and the training scripts read. Running the command again with the same \
      --output goes on where it stopped.
      """)

  enum Selection: String, ExpressibleByArgument, CaseIterable {
    case borderline, sample, all
  }

  @OptionGroup var moderator: ModeratorOptions
  @OptionGroup var data: DatasetOptions

  @Option(help: "Messages to review: JSON lines, labelled or not, or CSV.")
  var input: String

  @Option(name: .customLong("output"), help: "Where answers are appended, as JSON lines.")
  var path: String

  @Option(help: "borderline (nearest to a threshold first), sample or all.")
  var select: Selection = .borderline

  @Option(help: "How many messages at most.")
  var limit: Int = 100

  @Flag(help: "Show again what was skipped before.")
  var skipped = false

  @Option(help: "Seed of the sample.")
  var seed: UInt64 = 0

  func validate() throws {
    if limit < 1 { throw ValidationError("--limit takes a number of at least 1") }
    if path == input { throw ValidationError("--input and --output are the same file") }
  }

  func run() throws {
    let file = try AppendOnlyFile(path: path)
    let contents = try file.contents()
    let journal = ReviewJournal(contents)
    if journal.wholeLength < contents.count { try file.truncate(to: journal.wholeLength) }
    if journal.needsLineEnd { try file.append([UInt8(ascii: "\n")]) }
    let answered = skipped ? journal.answered.subtracting(journal.skipped) : journal.answered
    var session = ReviewSession(try items(without: answered), answered: answered)
    guard session.current != nil else {
      complain("nothing is left to review; \(answered.count) messages were answered before")
      return
    }
    var keyboard = try KeyboardInput()
    let screen = ReviewScreen(terminal: .output, answeredBefore: answered.count)
    try screen.show(session)
    while let key = keyboard.next() {
      guard let command = ReviewSession.command(for: key) else { continue }
      let outcome = session.apply(command)
      if case .answered(let answer) = outcome {
        try file.append(answer.json.encoded() + [UInt8(ascii: "\n")])
      }
      if outcome == .finished || session.current == nil { break }
      try screen.show(session)
    }
    try screen.close(session, path: path)
  }

  /// What is to be reviewed, scored and picked while it is read.
  private func items(without answered: Set<String>) throws -> [ReviewItem] {
    let moderator = try moderator.moderator()
    let source = try ByteSource(path: input)
    var reader = try data.reader(source, path: input)
    let selection: ReviewQueue.Selection =
      switch select {
      case .borderline: .borderline
      case .sample: .sample
      case .all: .all
      }
    var queue = ReviewQueue(selection, limit: limit, seed: seed)
    let bar = ProgressBar("review")
    defer { bar.finish() }
    var batch: [LabelledExample] = []
    var count = 0
    func score() throws {
      for (example, verdict) in zip(batch, try moderator.moderate(batch.map(\.message))) {
        queue.add(
          ReviewItem(
            example: example,
            labels: verdict.labels.map {
              .init(
                name: $0.name, score: $0.score, threshold: $0.threshold,
                truth: example.labels[$0.name])
            }))
      }
      count += batch.count
      batch.removeAll(keepingCapacity: true)
      bar.update(items: count, progress: source.progress)
    }
    while let entry = try reader.next() {
      switch entry {
      case .unreadable(let line): complain("\(FileOutput.name(of: input)): \(line)")
      case .example(var example):
        if example.context.isEmpty { example.context = self.moderator.contextValues }
        if let problem = moderator.problem(with: example.message) {
          complain("\(FileOutput.name(of: input)): line \(example.line): \(problem)")
          continue
        }
        // What was answered takes no place in the queue, so that the next hundred come up.
        let key = ReviewItem.key(text: example.text, context: example.context)
        guard !answered.contains(key) else { continue }
        batch.append(example)
        if batch.count == 64 { try score() }
      }
    }
    if !batch.isEmpty { try score() }
    return queue.items
  }
}
