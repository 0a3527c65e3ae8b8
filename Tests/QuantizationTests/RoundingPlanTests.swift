import RealModule
import Tensor
import TestSupport
import Testing
import Transformer

@testable import Quantization

@Suite("What decides on a plan")
struct RoundingPlanTests {
  /// Vectors whose cosines with another fall short of 1 by so much.
  private func agreement(losses: [Double]) -> Agreement {
    var agreement = Agreement()
    for loss in losses {
      let angle = Double.acos(1 - loss)
      agreement.add([Float(3 * Double.cos(angle)), Float(3 * Double.sin(angle))], exact: [2, 0])
    }
    return agreement
  }

  @Test
  func `embeddings agree when their cosines are high on average and at worst`() {
    let none = Agreement()
    #expect(none.count == 0 && none.mean == 1 && none.minimum == 1)
    let alike = agreement(losses: Array(repeating: 3e-4, count: 400))
    #expect(alike.count == 400 && alike.isEnough)
    #expect(abs(alike.mean - 0.9997) < 1e-6 && abs(alike.minimum - 0.9997) < 1e-6)
    #expect(abs(alike.expectedMinimum - 0.9997) < 1e-5)
    let blurred = agreement(losses: Array(repeating: 6e-4, count: 400))
    #expect(blurred.expectedMinimum > 0.999 && !blurred.isEnough)
  }

  @Test(arguments: [0.5, 1])
  func `a few texts that lose far more than others promise worse ones`(_ slope: Double) {
    // The quantiles of a Pareto distribution: the worst loses 4e-4.
    let losses = (0..<400).map { 4e-4 * Double.pow(1 / (1 + Double($0)), slope) }
    let agreement = agreement(losses: losses)
    #expect(agreement.minimum > 0.9995 && agreement.mean > 0.9999)
    let expected = 4e-4 * Double.pow(10, slope)
    #expect(abs((1 - agreement.expectedMinimum) / expected - 1) < 0.35)
    #expect(agreement.isEnough == (slope < 1))
  }

  @Test
  func `an error counts against what varies, not against what all rows have in common`() {
    let exact = Matrix([99, 5, 101, 5], rows: 2, columns: 2)
    let found = Matrix([99.1, 5, 101.1, 5], rows: 2, columns: 2)
    var error = RelativeError()
    #expect(error.value == 0)
    error.add(found, exact: exact)
    #expect(abs(error.value - 0.01) < 1e-5)
    error.add(exact, exact: exact)
    #expect(abs(error.value - 0.005) < 1e-5)
  }

  @Test
  func `the bias takes up what rounding changes of the mean output`() {
    // Seeded (Knuth's MMIX), so that a failure can be repeated.
    var state: UInt64 = 11
    func random(_ limit: Float) -> Float {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return limit * (Float(state >> 40) / Float(1 << 23) - 1)
    }
    let (rows, inputs, outputs) = (64, 96, 16)
    let x = Matrix(rows: rows, columns: inputs)
    let weights = Matrix(rows: outputs, columns: inputs)
    for input in 0..<inputs {
      let common = random(8)
      for row in 0..<rows { x[row, input] = common + random(1) }
      for output in 0..<outputs {
        weights[output, input] = random(1)
      }
    }
    let statistics = InputStatistics(columns: inputs)
    statistics.add(x)
    let processor = Processor(threads: 1)
    let rotated = QuantizedWeights.rotated(weights)
    let integers = statistics.rounder().round(rotated, bits: 7, on: processor)
    let exact = Matrix(rows: rows, columns: outputs)
    processor.dense(
      x, DenseWeights(weights: weights, bias: nil, kernels: processor.kernels), into: exact)
    /// The greatest magnitude of an output's mean error over the rows.
    func meanError(_ bias: Matrix?) -> Float {
      let found = Matrix(rows: rows, columns: outputs)
      Projection.int8(QuantizedWeights(integers, bias: bias), digits: 2)(
        x, into: found, Workspace(), on: processor)
      return (0..<outputs).map { output in
        abs((0..<rows).reduce(0) { $0 + found[$1, output] - exact[$1, output] }) / Float(rows)
      }.max() ?? 0
    }
    let bias = Matrix(
      statistics.correction(integers, for: rotated), rows: 1, columns: outputs)
    #expect(meanError(bias) < 0.05 * meanError(nil))
  }

  private func linear(_ weights: Matrix) -> Linear {
    Linear(
      path: "layer", sources: ["layer.weight"],
      weights: .float32(DenseWeights(weights: weights, bias: nil, kernels: Kernels(.preferred))))
  }

  @Test
  func `a rounding is refused for what it would change further on`() throws {
    let model = try #require(QuantizationTests.models.first)
    let quantizer = try ModelQuantizer(contentsOf: model.url, instructionSet: .avx512vnni)
    let (weights, x) = (Matrix(rows: 16, columns: 32), Matrix(rows: 40, columns: 32))
    for row in 0..<40 {
      for column in 0..<32 {
        x[row, column] = Float((row * 37 + column * 11) % 29) - 14
        if row < 16 { weights[row, column] = Float((row * 13 + column * 7) % 31) - 15 }
      }
    }
    let inputs = InputStatistics(columns: 32)
    inputs.add(x)
    var asked: [Int] = []
    let rounding = quantizer.rounding(
      [linear(weights)], inputs, tolerance: 0.01, first: 0.01
    ) { candidate in
      guard case .int8(_, let digits) = candidate[0].weights else { return 0 }
      asked.append(digits)
      return digits == 1 ? 1 : 0
    }
    #expect(asked == [1, 2])
    #expect(rounding.bits == 7 && rounding.digits == 2)
  }

  @Test
  func `the cheapest rounding may be held to less than the others`() throws {
    let model = try #require(QuantizationTests.models.first)
    let quantizer = try ModelQuantizer(contentsOf: model.url, instructionSet: .avx512vnni)
    let weights = Matrix((0..<512).map { Float($0 * 7 % 31) - 15 }, rows: 16, columns: 32)
    let inputs = InputStatistics(columns: 32)
    inputs.add(Matrix((0..<1280).map { Float($0 * 11 % 29) - 14 }, rows: 40, columns: 32))
    func digits(first: Double) -> Int {
      quantizer.rounding(
        [linear(weights)], inputs, tolerance: 0.1, first: first
      ) { _ in 0 }.digits
    }
    #expect(digits(first: 0.1) == 1)
    #expect(digits(first: 0) == 2)
  }

  @Test
  func `without a tolerance it is halved until the calibration's embeddings agree`() throws {
    let model = try #require(QuantizationTests.models.first)
    let inputs = try model.inputs(try model.json())
    var agreements: [Agreement] = []
    let quantizer = try ModelQuantizer(contentsOf: model.url, instructionSet: .avx512vnni)
    let prepared = try quantizer.prepare(calibration: inputs) {
      agreements.append($0)
      return $0.minimum > 0.99998
    }
    #expect(agreements.count > 2)
    let halvings = Double.log2(0.0012 / prepared.tolerance)
    #expect(halvings == halvings.rounded() && Int(halvings) >= agreements.count - 1)
    #expect(zip(agreements, agreements.dropFirst()).allSatisfy { $0.minimum != $1.minimum })
    let (first, last) = (try #require(agreements.first), try #require(agreements.last))
    #expect(last.minimum > first.minimum)
    #expect(agreements.allSatisfy { $0.count == inputs.count })
  }

  @Test(
    arguments: [
      (0.5, 0.5), (1, 0.5), (1.9, 0.5), (2, 0.25), (3.9, 0.25), (4, 0.125), (.infinity, 0.5),
    ] as [(Double, Double)])
  func `tolerances that would change no site are left out`(slack: Double, next: Double) {
    #expect(ModelQuantizer.nextTolerance(1, slack: slack) == next)
  }

  @Test
  func `what is no faster than float32 on the CPU that a model is for stays in float32`() throws {
    let model = try #require(QuantizationTests.models.first)
    let inputs = try model.inputs(try model.json())
    func plan(_ set: InstructionSet, tolerance: Double) throws -> PreparedModel {
      try ModelQuantizer(contentsOf: model.url, tolerance: tolerance, instructionSet: set)
        .prepare(calibration: inputs)
    }
    let loose = try plan(.avx512vnni, tolerance: 1)
    let tolerance = 0.05 * (loose.reports.map(\.error).max() ?? 0)
    let finer = try plan(.avx512vnni, tolerance: tolerance).reports
    let found = try plan(.avx2, tolerance: tolerance)
    #expect(found.instructionSet == .avx2)
    #expect(finer.contains { $0.bits == 8 && $0.digits == 2 })
    #expect(found.reports.contains { $0.bits == 32 })
    #expect(!found.reports.contains { $0.bits == 8 && $0.digits == 2 })
  }

  @Test
  func `a model that reads its last token is judged by that token`() throws {
    let model = try #require(QuantizationTests.models.first)
    let inputs = try model.inputs(try model.json())
    func first(lastToken: Bool) throws -> Agreement? {
      var agreements: [Agreement] = []
      let quantizer = try ModelQuantizer(contentsOf: model.url, readsLastToken: lastToken)
      _ = try quantizer.prepare(calibration: inputs) {
        agreements.append($0)
        return true
      }
      return agreements.first
    }
    let (mean, last) = (
      try #require(try first(lastToken: false)), try #require(try first(lastToken: true))
    )
    // What is lost in one state is lost in part in the mean of several.
    #expect(last.mean < mean.mean)
    #expect(last.mean > 0.99)
  }
}
