import ArgumentParser
import JSON
import Moderation
import Tokenizers
import Transformer

/// `moderate tokenize`: texts in, ids and tokens out.
struct Tokenize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the tokens of texts, as the model sees them.",
    discussion: """
      Prints {"ids", "tokens", "truncated"} for each text, special tokens included, cut where the \
      model cuts. Needs no weights.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "Context for models trained with prefixes, such as adult,message.")
  var context: String?

  @Option(help: "Tokens of one pass, when fewer than the model takes.")
  var maximumTokens: Int?

  func run() throws {
    let records = try input.reader()
    let folder = try TransformerFolder(model)
    let description = try ModelDescription(contentsOf: folder.url)
    let limit = [folder.bundle?.maximumTokens, maximumTokens].compactMap(\.self).min()
    let tokenizer = description.tokenizer
    let isTable = output.chosen == .table
    var bytes = ByteOutput()
    try BatchRun(batchSize: 1024, title: "tokenize").run(
      records,
      prepare: { record throws(RecordProblem) in
        try text(of: record, bundle: folder.bundle)
      },
      work: { texts in
        texts.map { description.encode($0, maximumTokens: limit) }
      },
      emit: { (line, result: Result<Encoding, RecordProblem>) in
        switch result {
        case .success(let encoding):
          let tokens = encoding.ids.map { tokenizer.token(for: $0) ?? "" }
          if isTable {
            try bytes.write(Self.table(encoding, tokens))
          } else {
            try bytes.write(line: Self.json(encoding, tokens))
          }
        case .failure(let problem):
          if !isTable { try bytes.write(line: problem.json(line: line)) }
        }
      },
      afterBatch: { try bytes.flush() })
  }

  /// The record's text with the bundle's prompt and prefixes in front.
  private func text(of record: Record, bundle: ModerationBundle?) throws(RecordProblem) -> String {
    let tree = try input.tree(of: record)
    guard tree.nodes.count == 1 else {
      throw RecordProblem("a comment with replies, where one text is expected")
    }
    var message = tree.root.message
    if message.context.isEmpty { message.context = context.map(MessageTree.contextValues) ?? [] }
    guard let bundle else { return message.text }
    do {
      return try bundle.modelText(of: message).joined
    } catch {
      throw RecordProblem(error.description)
    }
  }

  private static func json(_ encoding: Encoding, _ tokens: [String]) -> [UInt8] {
    var writer = JSONWriter(reservingCapacity: tokens.count * 16)
    writer.object { writer in
      writer.key("ids")
      writer.array { for id in encoding.ids { $0.value(Int(id)) } }
      writer.key("tokens")
      writer.array { for token in tokens { $0.value(token) } }
      writer.member("truncated", encoding.isTruncated)
    }
    return writer.bytes
  }

  private static func table(_ encoding: Encoding, _ tokens: [String]) -> String {
    let terminal = Terminal.output
    var line = ""
    for (index, token) in tokens.enumerated() {
      let text = DisplayText.sanitised(token)
      let isSpecial = encoding.specialTokensMask[index] == 1
      line += isSpecial ? terminal.styled(text, .dim) : text
      line += terminal.styled("·\(encoding.ids[index])", .blue) + " "
    }
    let facts =
      "\(encoding.count) tokens" + (encoding.isTruncated ? " of \(encoding.untruncatedCount)" : "")
    return line + terminal.styled("(\(facts))", .dim) + "\n"
  }
}
