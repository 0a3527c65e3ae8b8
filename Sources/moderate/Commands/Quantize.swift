import ArgumentParser
import FoundationEssentials
import JSON
import Moderation
import Tensor
import Transformer

/// `moderate quantize`: a model made ready to run in int8, and what that costs.
struct Quantize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prepare a model for int8 and measure what it loses.",
    discussion: """
      Writes a folder that runs in int8 as it is: weights rounded for the inputs that the \
      calibration's texts give them, packed, with a finer rounding where a layer would lose too \
      much. Prints what changed between float32 and int8, as JSON in a pipe, and keeps it in the \
      folder.
      """)

  @OptionGroup var model: ModelOptions

  @Option(help: "The folder to write. It must not be there yet.")
  var output: String

  @Option(
    help: """
      Texts as the model will see them: .jsonl, .csv, or one a line. Some hundreds are enough; \
      without any, the test's, else made-up tokens.
      """)
  var calibrate: String?

  @Option(help: "Annotated messages to compare both on, as evaluate takes them.")
  var test: String?

  @OptionGroup(title: "Data") var data: DatasetOptions

  @Option(help: "Texts taken for calibration, spread over the file.")
  var calibrationTexts: Int = 400

  @Option(
    help: """
      The loss of a product, squared and relative, from which on it gets more, if it is a quarter of \
      its layer's work; others in proportion. By default \
      0.0012, and half of it and so on until embeddings stay near: cosines of 0.9995 on average \
      and of at least 0.998 at the worst to be expected of other texts.
      """)
  var tolerance: Double?

  func validate() throws {
    if calibrationTexts < 1 { throw ValidationError("--calibration-texts takes at least 1") }
    if let tolerance, tolerance <= 0 { throw ValidationError("--tolerance takes a number above 0") }
    if let precision = model.run.precision, precision != .int8 {
      throw ValidationError("quantize makes int8")
    }
  }

  func run() throws {
    let source = try QuantizationSource(try model.folder())
    let target = URL(filePath: output)
    guard !FileManager.default.fileExists(atPath: target.path) else {
      throw CommandError.usage("--output \(output) is there already")
    }
    let texts = try calibrationSet()
    let processor = Processor(threads: model.run.threads)
    let quantizer = try ModelQuantizer(
      contentsOf: source.description.encoderFolder, tolerance: tolerance, processor: processor)
    let bar = ProgressBar("quantize")
    let prepared = try quantizer.prepare(
      calibration: source.messages(texts.isEmpty ? nil : texts, count: calibrationTexts)
    ) { done in
      bar.update(items: done, progress: .init(done: done, total: quantizer.layerCount))
    }
    bar.finish()
    try source.copy(to: target, with: prepared)
    var report = QuantizationReport(
      prepared, calibrationTexts: min(texts.count, calibrationTexts))
    try report.compare(
      source, with: target, texts: texts, threads: model.run.threads, test: test, data: data)
    try source.finish(target, report: report.json)
    try report.show()
  }

  /// Texts of the calibration's file, or the test's; none without either.
  private func calibrationSet() throws -> [String] {
    guard let path = calibrate ?? test else { return [] }
    var input = InputOptions()
    input.texts = []
    input.input = path
    input.inputFormat = nil
    input.textField = data.textField
    let reader = try input.reader()
    var texts: [String] = []
    while let next = try reader.next() {
      if case .success(let record) = next.record { texts.append(try input.text(of: record)) }
    }
    guard !texts.isEmpty else { throw CommandError.input("\(path) has no texts") }
    return texts
  }
}
