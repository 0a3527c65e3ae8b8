import ArgumentParser
import JSON
import Moderation
import ModerationEvaluation

/// `moderate review` shows verdicts to a person, who corrects them.
struct Review: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Go through verdicts in the terminal and correct them.",
    discussion: """
      Each answer is written to --output before the next message is shown, as a line of annotated \
      JSON that `moderate evaluate` and the training scripts read. The command run again with the \
      same --output leaves out the messages that were answered.
      """)

  enum Selection: String, ExpressibleByArgument, CaseIterable {
    case borderline, sample, all
  }

  @OptionGroup var moderator: ModeratorOptions
  @OptionGroup var data: DatasetOptions

  @Option(help: "The messages to review: JSON lines, with labels or without, CSV or TSV.")
  var input: String

  @Option(
    name: .customLong("output"), help: "The file that answers are appended to, as JSON lines.")
  var path: String

  @Option(
    help: """
      Which messages are shown: borderline (those with a score near a threshold, the nearest \
      first), sample (drawn at random) or all.
      """)
  var select: Selection = .borderline

  @Option(help: "The largest number of messages to show.")
  var limit: Int = 100

  @Flag(help: "Also show messages that were skipped before.")
  var skipped = false

  @Option(help: "The seed of the random sample.")
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

  /// The items to review, which are scored and picked while the file is read.
  private func items(without answered: Set<String>) throws -> [ReviewItem] {
    let moderator = try moderator.moderator()
    let file = try InputFile(path: input)
    var reader = try data.reader(file)
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
    func score() {
      for (example, result) in zip(batch, moderator.moderateEach(batch.map(\.message))) {
        guard case .success(let verdict) = result else {
          if case .failure(let error) = result {
            complain("\(file.name): line \(example.line): \(error)")
          }
          continue
        }
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
      bar.update(items: count, progress: file.progress)
    }
    while let entry = try reader.next() {
      switch entry {
      case .unreadable(let line): complain("\(file.name): \(line)")
      case .example(var example):
        example.context = moderator.inContext(example.message).context
        // Answered messages take no place in the queue, so that the next hundred come up.
        let key = ReviewItem.key(text: example.text, context: example.context)
        guard !answered.contains(key) else { continue }
        batch.append(example)
        if batch.count == 64 { score() }
      }
    }
    if !batch.isEmpty { score() }
    return queue.items
  }
}
