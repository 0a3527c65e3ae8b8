import ArgumentParser
import JSON
import Moderation
import Tensor
import Tokenizers
import Transformer

/// `moderate embed` reads texts and prints their embeddings.
struct Embed: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Turn texts into vectors.",
    discussion: """
      Prints {"embedding": [numbers]} for each text, the same vector as sentence-transformers' \
      encode. Pooling, normalisation, maximum length and prompts are read from the model's files.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions

  @Option(
    name: .customLong("output"),
    help: ArgumentHelp(
      "Write the vectors to a NumPy matrix instead, one row for each line of the input.",
      valueName: "file.npy"))
  var matrix: String?

  @Option(help: "A prompt: text that is put in front of each text.")
  var prompt: String?

  @Option(help: "The name of one of the model's own prompts.")
  var promptName: String?

  @Option(
    help: """
      Elements of a vector that are kept. The rest is normalised anew where the model normalises; \
      for models that were trained so (Matryoshka).
      """)
  var dimensions: Int?

  func validate() throws {
    if let dimensions, dimensions < 1 {
      throw ValidationError("--dimensions must be at least 1")
    }
    if prompt != nil, promptName != nil {
      throw ValidationError("--prompt and --prompt-name exclude each other")
    }
  }

  func run() throws {
    let records = try input.reader()
    let source = try model.source()
    let encoder = try SentenceEncoder(
      contentsOf: source.transformer(),
      adapter: model.adapter ?? source.bundle?.model.adapterPath(in: source.folder),
      dimensions: dimensions ?? source.bundle?.model.dimensions, precision: model.precision,
      processor: model.threads.processor())
    let bundled = promptName == nil ? source.bundle?.model : nil
    let prompt =
      try prompt ?? bundled?.prompt
      ?? encoder.input.prompt(named: promptName ?? bundled?.promptName)
    let isTable = output.chosen == .table
    var bytes = ByteOutput()
    let file = try matrix.map { try NumpyFile(path: $0, columns: encoder.dimension) }
    var cut = 0
    // Rows that could be embedded are kept, whatever became of the others.
    defer { try? file?.finish() }
    try BatchRun(title: "embed").run(
      records,
      prepare: { record throws(RecordProblem) in try input.message(of: record).text },
      work: { texts in
        try encoder.embed(texts.map { ModelInput(prompt: prompt, text: $0) })
      },
      emit: { (line, result: Result<SentenceEmbedding, RecordProblem>) in
        switch result {
        case .success(let embedding):
          if embedding.isTruncated { cut += 1 }
          if let file {
            try file.append(embedding.vector)
          } else if isTable {
            let first = embedding.vector.prefix(6).map { fixed($0, 4) }.joined(separator: "  ")
            try bytes.write("\(first) … (\(embedding.vector.count))\n")
          } else {
            var writer = JSONWriter(reservingCapacity: embedding.vector.count * 13)
            writer.object { writer in
              writer.key("embedding")
              writer.values(embedding.vector)
            }
            try bytes.write(line: writer.bytes)
          }
        case .failure(let problem):
          if let file {
            try file.append([])
          } else if !isTable {
            try bytes.write(line: problem.json(line: line))
          }
        }
      },
      afterBatch: { try bytes.flush() })
    try file?.finish()
    if cut > 0 {
      complain("\(cut) texts had more than \(encoder.input.limit()) tokens and were cut")
    }
  }
}
