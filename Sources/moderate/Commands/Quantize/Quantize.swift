import ArgumentParser
import JSON
import Moderation
import Platform
import Quantization
import Tensor
import Transformer

/// `moderate quantize` prepares a model for int8 and measures the loss.
struct Quantize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prepare a model for int8 and measure the loss.",
    discussion: """
      Writes a folder with a copy of the model that runs in int8. The weights are rounded so that \
      the outputs of the layers change least on the calibration texts; layers that would change too \
      much are rounded more finely. The differences between float32 and int8 are printed, as JSON \
      in a pipe, and kept in the folder.
      """)

  @OptionGroup var model: ModelOptions

  @Option(help: "The folder to write. It must not exist yet.")
  var output: String

  @Option(
    help: """
      A file of calibration texts, like those that the model will read: .jsonl, .csv, .tsv, or one \
      text a line. A few hundred are enough. Without it, the texts of --test; without those, random \
      tokens.
      """)
  var calibrate: String?

  @Option(help: "Annotated messages to compare float32 and int8 on, in the format of evaluate.")
  var test: String?

  @OptionGroup(title: "Data") var data: DatasetOptions

  @Option(help: "The number of calibration texts, taken evenly from the file.")
  var calibrationTexts: Int = 400

  @Option(
    help: """
      The largest squared relative error that rounding may cause in the output of a matrix product \
      which does a quarter of its layer's work. A product that does less work may cause \
      proportionally less. Products with a larger error are rounded more finely. By default 0.0012, \
      halved until the embeddings of the calibration texts agree with float32: a mean cosine of at \
      least 0.9995, and an estimate of at least 0.998 for the worst of other texts.
      """)
  var tolerance: Double?

  @Option(
    help: """
      The instruction set of the CPUs that will run the model. Layers that int8 would make no faster \
      there stay in float32. By default that of this CPU. The results are the same on every CPU.
      """)
  var instructionSet: InstructionSet?

  func validate() throws {
    if calibrationTexts < 1 { throw ValidationError("--calibration-texts takes at least 1") }
    if let tolerance, tolerance <= 0 { throw ValidationError("--tolerance takes a number above 0") }
    if let precision = model.precision, precision != .int8 {
      throw ValidationError("quantize makes int8")
    }
  }

  func run() throws {
    let source = try QuantizationSource(try model.source(), adapter: model.adapter)
    let target = URL(filePath: output)
    guard !FileManager.default.fileExists(atPath: target.path) else {
      throw CommandError.usage("--output \(output) is there already")
    }
    let texts = try calibrationSet()
    let processor = model.threads.processor()
    let quantizer = try ModelQuantizer(
      contentsOf: source.description.encoderFolder, adapter: source.adapter,
      tolerance: tolerance, readsLastToken: source.description.readsLastToken,
      instructionSet: instructionSet, processor: processor)
    let bar = ProgressBar("quantize")
    let prepared = try quantizer.prepare(
      calibration: try source.messages(texts.isEmpty ? nil : texts, count: calibrationTexts)
    ) { done in
      bar.update(items: done, progress: .init(done: done, total: quantizer.layerCount))
    }
    bar.finish()
    // What a killed run has left must not be taken for a model: the folder gets its name when it is whole.
    let unfinished = target.deletingLastPathComponent()
      .appending(path: target.lastPathComponent + ".unfinished")
    try? FileManager.default.removeItem(at: unfinished)
    try source.copy(to: unfinished, with: prepared)
    var report = QuantizationReport(
      prepared, calibrationTexts: min(texts.count, calibrationTexts))
    try report.compare(
      source, with: unfinished, texts: texts, processor: processor, test: test, data: data)
    try source.finish(unfinished, report: report.json)
    try FileOutput.naming(output) {
      try FileManager.default.moveItem(at: unfinished, to: target)
    }
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
      do {
        texts.append(try input.message(of: try next.record.get()).text)
      } catch {
        complain("\(FileOutput.name(of: path)): line \(next.number): \(error)")
      }
    }
    guard !texts.isEmpty else { throw CommandError.input("\(path) has no texts") }
    return texts
  }
}
