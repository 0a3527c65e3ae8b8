import ArgumentParser
import Tensor

/// Measures matrix products on every instruction set that this CPU has, and one call of OpenBLAS beside
/// them.
struct Products: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure matrix products, in billions of multiply-adds a second.")

  @Option(help: "Threads to compute on.") var threads = 2

  /// Rows, inputs and outputs: a batch and a short text in the layers of MiniLM and of a base model.
  private static let shapes = [
    (256, 384, 1536), (256, 1536, 384), (256, 768, 768), (256, 768, 3072), (256, 3072, 768),
    (64, 768, 768), (16, 768, 768), (16, 768, 3072), (1, 768, 768),
  ]

  func run() {
    measureFloats()
    measureIntegers()
  }

  /// Bits of the weights and digits of the inputs, as a plan of `moderate quantize` combines them.
  private func measureIntegers() {
    let processor = Processor(threads: threads)
    let plans = [(7, 1), (7, 2), (8, 1), (8, 2)]
    print(
      "\nint8, bits of weights/digits of inputs:",
      plans.map { "\($0)/\($1)" }.joined(separator: "  "), "time to float32")
    for (rows, inputs, outputs) in Self.shapes where rows > 1 {
      let float32 = processor.rate(rows: rows, inputs: inputs, outputs: outputs)
      let rates = plans.map {
        processor.rate(rows: rows, inputs: inputs, outputs: outputs, bits: $0, digits: $1)
      }
      print(
        "\(rows) × \(inputs) × \(outputs):", rates.map(Self.format).joined(separator: "  "),
        rates.map { "\(Int((100 * float32 / $0).rounded())) %" }.joined(separator: "  "))
    }
  }

  private static func format(_ value: Double) -> String { String(Double(Int(value * 10)) / 10) }

  private func measureFloats() {
    let sets = InstructionSet.allCases.filter { $0.isSupported && $0 != .swift }
    let processors = sets.map { Processor(instructionSet: $0, threads: threads) }
    print(
      "rows × inputs × outputs", sets.map(\.rawValue).joined(separator: "  "), "OpenBLAS itself")
    for (rows, inputs, outputs) in Self.shapes {
      var rates = processors.map { $0.rate(rows: rows, inputs: inputs, outputs: outputs) }
      rates.append(processors[0].libraryRate(rows: rows, inputs: inputs, outputs: outputs))
      print(
        "\(rows) × \(inputs) × \(outputs):",
        rates.map(Self.format).joined(separator: "  "))
    }
  }
}
