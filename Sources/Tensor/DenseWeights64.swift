internal import CKernels

/// The weights of a dense layer in float64, as heads have them.
public struct DenseWeights64: Sendable {
  public let inputs: Int
  public let outputs: Int
  /// Columns in panels of eight, the last filled up with zeros: `[outputs / 8, inputs, 8]`.
  let panels: [SIMD8<Double>]
  let bias: [Double]

  /// - Parameters:
  ///   - weights: `[inputs, outputs]`, as in `coefs_` of an `MLPClassifier`
  ///   - bias: `[outputs]`
  public init(weights: [Double], bias: [Double], inputs: Int) {
    let outputs = bias.count
    precondition(weights.count == inputs * outputs)
    (self.inputs, self.outputs, self.bias) = (inputs, outputs, bias)
    var panels = [SIMD8<Double>](repeating: .zero, count: (outputs + 7) / 8 * inputs)
    for input in 0..<inputs {
      for output in 0..<outputs {
        panels[output / 8 * inputs + input][output % 8] = weights[input * outputs + output]
      }
    }
    self.panels = panels
  }
}

extension Kernels {
  /// `x · W + b` in float64: `[rows, inputs]` to `[rows, outputs]`. The sum of an output runs over the
  /// inputs in their order, from 0, and takes the bias last; it is the same bits whatever the number of
  /// rows and on every instruction set.
  public func dense(_ x: [Double], rows: Int, _ layer: DenseWeights64) -> [Double] {
    precondition(x.count == rows * layer.inputs)
    guard let table = unsafe table, rows > 0, layer.outputs > 0 else {
      return swiftDense(x, rows: rows, layer)
    }
    var y = [Double](repeating: 0, count: rows * layer.outputs)
    unsafe y.withUnsafeMutableBufferPointer { y in
      unsafe x.withUnsafeBufferPointer { x in
        unsafe layer.bias.withUnsafeBufferPointer { bias in
          unsafe layer.panels.withUnsafeBytes { panels in
            unsafe table.pointee.dense64(
              x.baseAddress, panels.baseAddress?.assumingMemoryBound(to: Double.self),
              bias.baseAddress, y.baseAddress, rows, layer.outputs, layer.inputs)
          }
        }
      }
    }
    return y
  }

  private func swiftDense(_ x: [Double], rows: Int, _ layer: DenseWeights64) -> [Double] {
    var y = [Double](repeating: 0, count: rows * layer.outputs)
    let (values, weights) = (x.span, layer.panels.span)
    for row in 0..<rows {
      for panel in stride(from: 0, to: layer.outputs, by: 8) {
        var sum = SIMD8<Double>.zero
        for input in 0..<layer.inputs {
          sum += weights[panel / 8 * layer.inputs + input] * values[row * layer.inputs + input]
        }
        for column in panel..<min(panel + 8, layer.outputs) {
          y[row * layer.outputs + column] = sum[column - panel] + layer.bias[column]
        }
      }
    }
    return y
  }
}
