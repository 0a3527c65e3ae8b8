import Tensor
import Testing

@testable import Transformer

@Suite("What decides on a plan")
struct RoundingPlanTests {
  @Test("embeddings agree when their cosines are high on average and at worst")
  func agreement() {
    var agreement = Agreement()
    #expect(agreement.count == 0 && agreement.mean == 1 && agreement.minimum == 1)
    for _ in 0..<9 { agreement.add([2, 0], exact: [1, 0]) }
    #expect(agreement.isEnough)
    // cos 0.05 = 0.99875
    agreement.add([1, 0.05004], exact: [1, 0])
    #expect(agreement.count == 10)
    #expect(abs(agreement.minimum - 0.99875) < 1e-5)
    #expect(abs(agreement.mean - 0.999875) < 1e-6)
    #expect(agreement.isEnough)
    agreement.add([1, 0.06], exact: [1, 0])
    #expect(!agreement.isEnough, "one is too far")
    var blurred = Agreement()
    for _ in 0..<9 { blurred.add([1, 0.04], exact: [1, 0]) }
    #expect(blurred.minimum > 0.999 && !blurred.isEnough, "all are a little too far")
  }

  @Test("an error counts against what varies, not against what all rows have in common")
  func relativeError() {
    let exact = Matrix([99, 5, 101, 5], rows: 2, columns: 2)
    let found = Matrix([99.1, 5, 101.1, 5], rows: 2, columns: 2)
    var error = RelativeError()
    #expect(error.value == 0)
    error.add(found, exact: exact)
    #expect(abs(error.value - 0.01) < 1e-5)
    error.add(exact, exact: exact)
    #expect(abs(error.value - 0.005) < 1e-5)
  }

  @Test("the bias takes up what rounding changes of the mean output")
  func correction() {
    var generator = SystemRandomNumberGenerator()
    let (rows, inputs, outputs) = (64, 96, 16)
    let x = Matrix(rows: rows, columns: inputs)
    let weights = Matrix(rows: outputs, columns: inputs)
    for input in 0..<inputs {
      let common = Float.random(in: -8...8, using: &generator)
      for row in 0..<rows { x[row, input] = common + .random(in: -1...1, using: &generator) }
      for output in 0..<outputs {
        weights[output, input] = .random(in: -1...1, using: &generator)
      }
    }
    let statistics = InputStatistics(columns: inputs)
    statistics.add(x)
    let processor = Processor(threads: 1)
    let rotated = QuantizedWeights.rotated(weights)
    let integers = statistics.rounder().round(rotated, bits: 7, on: processor)
    let exact = Matrix(rows: rows, columns: outputs)
    processor.dense(x, DenseWeights(weights: weights, bias: nil), into: exact)
    /// The greatest magnitude of an output's mean error over the rows.
    func meanError(_ bias: Matrix?) -> Float {
      let found = Matrix(rows: rows, columns: outputs)
      Workspace(threads: 1).apply(
        [.int8(QuantizedWeights(integers, bias: bias), digits: 2)], to: x, into: [found],
        on: processor)
      return (0..<outputs).map { output in
        abs((0..<rows).reduce(0) { $0 + found[$1, output] - exact[$1, output] }) / Float(rows)
      }.max() ?? 0
    }
    let bias = Matrix(
      statistics.correction(integers, for: rotated), rows: 1, columns: outputs)
    #expect(meanError(bias) < 0.05 * meanError(nil))
  }

  @Test("a rounding is refused for what it would change further on")
  func consequence() throws {
    let model = try #require(QuantizationTests.models.first)
    let quantizer = try ModelQuantizer(contentsOf: model.url)
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
      [DenseWeights(weights: weights, bias: nil)], inputs, tolerance: 0.01, first: 0.01
    ) { candidate in
      guard case .int8(_, let digits) = candidate[0] else { return 0 }
      asked.append(digits)
      return digits == 1 ? 1 : 0
    }
    #expect(asked == [1, 2])
    #expect(rounding.bits == 7 && rounding.digits == 2)
  }

  @Test("the cheapest rounding may be held to less than the others")
  func first() throws {
    let model = try #require(QuantizationTests.models.first)
    let quantizer = try ModelQuantizer(contentsOf: model.url)
    let weights = Matrix((0..<512).map { Float($0 * 7 % 31) - 15 }, rows: 16, columns: 32)
    let inputs = InputStatistics(columns: 32)
    inputs.add(Matrix((0..<1280).map { Float($0 * 11 % 29) - 14 }, rows: 40, columns: 32))
    func digits(first: Double) -> Int {
      quantizer.rounding(
        [DenseWeights(weights: weights, bias: nil)], inputs, tolerance: 0.1, first: first
      ) { _ in 0 }.digits
    }
    #expect(digits(first: 0.1) == 1)
    #expect(digits(first: 0) == 2)
  }

  @Test("without a tolerance it is halved until the calibration's embeddings agree")
  func search() throws {
    let model = try #require(QuantizationTests.models.first)
    let inputs = try model.inputs(try model.json())
    var agreements: [Agreement] = []
    let prepared = try ModelQuantizer(contentsOf: model.url).prepare(calibration: inputs) {
      agreements.append($0)
      return $0.minimum > 0.99998
    }
    #expect(agreements.count > 2)
    #expect(prepared.tolerance == 0.0012 / Double(1 << (agreements.count - 1)))
    let (first, last) = (try #require(agreements.first), try #require(agreements.last))
    #expect(last.minimum > first.minimum)
    #expect(agreements.allSatisfy { $0.count == inputs.count })
  }
}
