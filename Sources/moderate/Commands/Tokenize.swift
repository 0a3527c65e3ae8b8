import ArgumentParser
import JSON
import Moderation
import ModerationEvaluation
import Tokenizers
import Transformer

/// `moderate tokenize` reads texts and prints their tokens.
struct Tokenize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the tokens of texts, as the model sees them.",
    discussion: """
      Prints {"ids", "tokens", "truncated"} for each text, with special tokens and the model's own \
      prompt. A text that is longer than the model takes is cut. The model's weights need not be \
      there, nor its config.json.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var context: ContextOptions
  @OptionGroup var length: LengthOptions

  func run() throws {
    let records = try input.reader()
    let source = try model.source()
    let model = try ModelTokenizer(contentsOf: source.transformer())
    let limit = model.limit(source.bundle?.maximumTokens, length.maximumTokens)
    let tokenizer = model.tokenizer
    let isTable = output.chosen == .table
    var bytes = ByteOutput()
    try BatchRun(batchSize: 1024, title: "tokenize").run(
      records,
      prepare: { record throws(RecordProblem) in
        try text(of: record, bundle: source.bundle, for: model)
      },
      work: { texts in
        texts.map { model.encode($0, limit: limit).encoding }
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

  /// The record's text with the bundle's prompt and prefixes in front, or the model's own prompt.
  private func text(
    of record: Record, bundle: ModerationBundle?, for model: ModelTokenizer
  ) throws(RecordProblem) -> ModelInput {
    let message = try input.message(of: record)
    guard let bundle else {
      guard message.text.utf8.count <= Tokenizer.longestText else {
        throw RecordProblem(ByteStream.tooLong(limit: Tokenizer.longestText))
      }
      return ModelInput(text: message.text)
    }
    do {
      let text = try bundle.modelText(of: message.inContext(context.values))
      let prompt = bundle.model.prompt == nil ? model.defaultPrompt : ""
      return ModelInput(prompt: prompt + text.prefix, text: text.text)
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
      let text = visible(token)
      let isSpecial = encoding.specialTokensMask[index] == 1
      line += isSpecial ? terminal.styled(text, .dim) : text
      line += terminal.styled("·\(encoding.ids[index])", .blue) + " "
    }
    let facts =
      "\(encoding.count) tokens" + (encoding.isTruncated ? " of \(encoding.untruncatedCount)" : "")
    return line + terminal.styled("(\(facts))", .dim) + "\n"
  }
}
