import Safetensors
import Tensor
import TestSupport
import Testing
import Transformer

@testable import Quantization

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

@Suite("int8 stays near float32, and is the same everywhere")
struct QuantizationTests {
  /// Every family, with the odd shapes that the fixtures have.
  static let models = ReferenceModel.all { !$0.hasPrefix("pooling") && !$0.contains("classifier") }

  private func states(_ encoder: Encoder, _ messages: [TokenSequence]) throws -> [[Float]] {
    try encoder.hiddenStates(of: messages).map { $0.flatMap(\.self) }
  }

  private func cosine(_ a: [Float], _ b: [Float]) -> Float {
    var (product, first, second): (Float, Float, Float) = (0, 0, 0)
    for (a, b) in zip(a, b) {
      product += a * b
      first += a * a
      second += b * b
    }
    return product / (first * second).squareRoot()
  }

  @Test(arguments: models)
  func `weights rounded when loaded: cosine of hidden states ≥ 0.995`(_ model: ReferenceModel)
    throws
  {
    let inputs = try model.inputs(try model.json())
    let exact = try states(Encoder(contentsOf: model.url), inputs)
    let found = try states(Encoder(contentsOf: model.url, precision: .int8), inputs)
    for (exact, found) in zip(exact, found) { #expect(cosine(exact, found) >= 0.995) }
  }

  @Test(arguments: models)
  func `weights rounded when loaded have 7 bits, and 8 where attention's values are made`(
    _ model: ReferenceModel
  ) throws {
    func bits(_ layers: [Linear]) -> [Int] {
      layers.map { layer in
        if case .int8(let weights, _) = layer.weights { weights.bits } else { 32 }
      }
    }
    for layer in try Encoder(contentsOf: model.url, precision: .int8).layers {
      #expect(bits(layer.attention.body.inputLayers) == [7, 7, 8])
      let others =
        layer.attention.body.outputLayers + layer.feedForward.body.inputLayers
        + layer.feedForward.body.outputLayers
      #expect(bits(others).allSatisfy { $0 == 7 })
    }
  }

  /// A prepared copy of a fixture, gone with the test.
  private func withPrepared(
    _ model: ReferenceModel, tolerance: Double? = nil,
    _ body: (URL, PreparedModel) throws -> Void
  ) throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "prepared-\(UInt64.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let prepared = try ModelQuantizer(contentsOf: model.url, tolerance: tolerance).prepare(
      calibration: try model.inputs(try model.json()))
    try FileManager.default.copyItem(
      at: model.url.appending(path: "config.json"), to: folder.appending(path: "config.json"))
    try prepared.write(to: folder.appending(path: "model.safetensors"))
    try body(folder, prepared)
  }

  @Test(arguments: models)
  func `a prepared model: cosine ≥ 0.995, the same bits whatever runs it`(_ model: ReferenceModel)
    throws
  {
    let inputs = try model.inputs(try model.json())
    let exact = try states(Encoder(contentsOf: model.url), inputs)
    try withPrepared(model) { folder, _ in
      let found = try states(Encoder(contentsOf: folder), inputs)
      for (exact, found) in zip(exact, found) { #expect(cosine(exact, found) >= 0.995) }
      for set in InstructionSet.allCases where set.isSupported && set != .openblas {
        for threads in [1, 2, 3] {
          let encoder = try Encoder(
            contentsOf: folder, processor: Processor(instructionSet: set, threads: threads))
          #expect(try states(encoder, inputs) == found, "\(set), \(threads) threads")
        }
      }
      let encoder = try Encoder(contentsOf: folder)
      #expect(try inputs.flatMap { try states(encoder, [$0]) } == found, "alone")
    }
  }

  @Test
  func `a site that loses too much gets finer weights, a second digit, or stays float32`() throws {
    let model = try #require(Self.models.first)
    let inputs = try model.inputs(try model.json())
    let strict = try ModelQuantizer(contentsOf: model.url, tolerance: 1e-12)
      .prepare(calibration: inputs)
    #expect(strict.reports.allSatisfy { $0.bits == 32 && $0.digits == 0 })
    let loose = try ModelQuantizer(contentsOf: model.url, tolerance: 1).prepare(calibration: inputs)
    #expect(loose.reports.allSatisfy { $0.bits == 7 && $0.digits == 1 })
    let worst = loose.reports.map(\.error).max() ?? 0
    let tolerance = 0.9 * worst
    let middle = try ModelQuantizer(
      contentsOf: model.url, tolerance: tolerance, instructionSet: .avx512vnni
    ).prepare(calibration: inputs)
    #expect(middle.reports.allSatisfy { $0.error <= 4 * tolerance })
    #expect(middle.reports.contains { $0.bits < 32 && ($0.bits == 8 || $0.digits == 2) })
  }

  @Test(arguments: models)
  func `sites that stay in float32 are read as they were`(_ model: ReferenceModel) throws {
    let inputs = try model.inputs(try model.json())
    let exact = try states(Encoder(contentsOf: model.url), inputs)
    try withPrepared(model, tolerance: .zero) { folder, prepared in
      #expect(prepared.reports.allSatisfy { $0.bits == 32 })
      // The table of words is float16.
      let found = try states(Encoder(contentsOf: folder), inputs)
      for (exact, found) in zip(exact, found) { #expect(cosine(exact, found) >= 0.99999) }
    }
  }

  @Test
  func `prepared weights refuse float32, by their file's name`() throws {
    let model = try #require(Self.models.first)
    try withPrepared(model) { folder, _ in
      #expect {
        _ = try Encoder(contentsOf: folder, precision: .float32)
      } throws: { error in
        "\(error)".contains("model.safetensors") && "\(error)".contains("int8")
      }
    }
  }

  @Test(arguments: [[9, 1, 0], [7, 3, 0], [32, 1, 0]])
  func `a layout out of range is an error that names it`(_ layout: [Int64]) throws {
    let model = try #require(Self.models.first)
    try withPrepared(model) { folder, _ in
      let url = folder.appending(path: "model.safetensors")
      let checkpoint = try Checkpoint(contentsOf: url)
      let tensors = try checkpoint.names.map { try checkpoint.tensor(named: $0) }
      let damaged = folder.appending(path: "damaged.safetensors")
      var writer = try SafetensorsWriter(
        damaged, tensors: tensors.map { .init($0.name, $0.elementType, $0.shape) })
      for tensor in tensors {
        if tensor.name.hasSuffix(PreparedLayer.layout) {
          try writer.write(layout)
        } else {
          try writer.write(tensor.bytes())
        }
      }
      try writer.finish()
      try FileManager.default.removeItem(at: url)
      try FileManager.default.moveItem(at: damaged, to: url)
      #expect {
        _ = try Encoder(contentsOf: folder)
      } throws: { "\($0)".contains("int8.layout") }
    }
  }
}

@Suite("Rounding for the inputs")
struct WeightRounderTests {
  @Test
  func `loses less of the output than rounding each weight`() {
    var state: UInt64 = 5
    func random() -> Float {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 24) - 0.5
    }
    // Inputs that go together: each a mix of eight.
    let (rows, inputs, outputs) = (256, 64, 16)
    let mix = (0..<8 * inputs).map { _ in random() }
    let x = Matrix(rows: rows, columns: inputs)
    for row in 0..<rows {
      let sources = (0..<8).map { _ in random() }
      for column in 0..<inputs {
        x[row, column] =
          0.02 * random() + (0..<8).reduce(0) { $0 + sources[$1] * mix[$1 * inputs + column] }
      }
    }
    let weights = Matrix(
      (0..<outputs * inputs).map { _ in random() }, rows: outputs, columns: inputs)
    let statistics = InputStatistics(columns: inputs)
    statistics.add(x)
    let processor = Processor(threads: 1)
    let layer = DenseWeights(weights: weights, bias: nil, kernels: processor.kernels)
    func loss(_ quantized: QuantizedWeights) -> Double {
      let quantizedRows = QuantizedRows(rows: rows, columns: inputs, digits: 2)
      processor.quantize(
        x, into: quantizedRows, scratch: Matrix(rows: 1, columns: inputs))
      let (found, exact) = (
        Matrix(rows: rows, columns: outputs), Matrix(rows: rows, columns: outputs)
      )
      processor.dense(quantizedRows, [quantized], into: [found])
      processor.dense(x, layer, into: exact)
      return zip(found.elements, exact.elements).reduce(0) {
        $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1))
      }
    }
    let rounded = QuantizedWeights(rounding: weights, bias: nil, bits: 7)
    let rotated = QuantizedWeights.rotated(weights)
    let chosen = QuantizedWeights(
      statistics.rounder().round(rotated, bits: 7, on: processor), bias: nil)
    #expect(loss(chosen) < 0.5 * loss(rounded))
  }
}
