import RealModule
import Tensor

@testable import Recurrent

/// The network written as its formulas, slow and plain: what the fast one is held to.
struct ReferenceNetwork {
  let configuration: NetworkConfiguration
  let weights: NetworkWeights

  /// Scores of one text, `[labels]`. Ids are in range.
  func scores(_ text: PreparedText) -> [Float] {
    var x = pooledCharacters(text.characters) + attendedWords(text.words)
    for (layer, shape) in zip(weights.dense, configuration.dense) {
      x = dense(layer.kernel, layer.bias, x).map { shape.activation($0) }
    }
    let y = dense(weights.output.kernel, weights.output.bias, x)
    switch configuration.output {
    case .linear: return y
    case .sigmoid: return y.map { NetworkConfiguration.Function.sigmoid($0) }
    case .softmax:
      let largest = y.max() ?? 0
      let powers = y.map { Float.exp($0 - largest) }
      let sum = powers.reduce(0, +)
      return powers.map { $0 / sum }
    }
  }

  /// Each convolution's largest value over the text.
  private func pooledCharacters(_ ids: [Int32]) -> [Float] {
    let c = configuration
    var ids = c.characters(ids, filling: 0)
    let widest = c.convolutions.lazy.map(\.width).max() ?? 1
    if c.convolutions.contains(where: { $0.padding == .valid }), ids.count < widest {
      ids += [Int32](repeating: 0, count: widest - ids.count)
    }
    let vectors = ids.map { row(weights.characters, Int($0), c.characterSize) }
    var features: [Float] = []
    for (convolution, layer) in zip(c.convolutions, weights.convolutions) {
      var largest = [Float](repeating: -.infinity, count: convolution.filters)
      let before = convolution.before
      for start in convolution.starts(count: ids.count) {
        if c.characters.isMasked, ids[start + before] == 0 { continue }
        for filter in 0..<convolution.filters {
          var sum = layer.bias[filter]
          for tap in 0..<convolution.width where ids.indices.contains(start + tap) {
            let place = (tap * convolution.filters + filter) * c.characterSize
            sum += dot(vectors[start + tap], layer.kernel[place..<(place + c.characterSize)])
          }
          largest[filter] = max(largest[filter], sum)
        }
      }
      // Nothing was left of the text: as if it had been empty of signs.
      features += largest.map { $0 == -.infinity ? 0 : convolution.activation($0) }
    }
    return features
  }

  /// The words' states, weighted by attention.
  private func attendedWords(_ words: [PreparedText.Word]) -> [Float] {
    let c = configuration
    let words = c.words(words, filling: .listed(0))
    let isReal = words.map { $0 != .listed(0) }
    let present = isReal.map { $0 || !c.words.isMasked }
    let vectors = words.map { vector(of: $0) }
    let forward = states(weights.forward, vectors, present)
    let backward = states(weights.backward, vectors.reversed(), present.reversed()).reversed()
    let joined = zip(forward, backward).map { $0 + $1 }

    var energies: [(index: Int, value: Float)] = []
    for index in words.indices where isReal[index] || !c.attentionIsMasked {
      let hidden = dense(weights.attention.kernel, weights.attention.bias, joined[index])
      energies.append((index, dot(hidden.map { Float.tanh($0) }, weights.score[...])))
    }
    var context = [Float](repeating: 0, count: 2 * c.units)
    guard let largest = energies.lazy.map(\.value).max() else { return context }
    let sum = energies.reduce(0) { $0 + Float.exp($1.value - largest) }
    for (index, value) in energies {
      let weight = Float.exp(value - largest) / sum
      for k in context.indices { context[k] += weight * joined[index][k] }
    }
    return context
  }

  /// Hochreiter and Schmidhuber's cell with a forget gate, over the present words; an absent word
  /// leaves state and output as they were, as in Keras.
  private func states(
    _ direction: NetworkWeights.Direction, _ vectors: [[Float]], _ present: [Bool]
  ) -> [[Float]] {
    let (u, f, g) = (
      configuration.units, configuration.recurrentActivation, configuration.activation
    )
    var (h, c) = ([Float](repeating: 0, count: u), [Float](repeating: 0, count: u))
    var outputs: [[Float]] = []
    for (vector, isPresent) in zip(vectors, present) {
      if isPresent {
        var gates = dense(direction.kernel, direction.bias, vector)
        for k in 0..<u {
          for gate in 0..<(4 * u) { gates[gate] += h[k] * direction.recurrent[k * 4 * u + gate] }
        }
        for k in 0..<u {
          c[k] = f(gates[u + k]) * c[k] + f(gates[k]) * g(gates[2 * u + k])
          h[k] = f(gates[3 * u + k]) * g(c[k])
        }
      }
      outputs.append(h)
    }
    return outputs
  }

  private func vector(of word: PreparedText.Word) -> [Float] {
    let vector = Matrix(rows: 1, columns: configuration.wordSize)
    weights.copy(word, into: vector, row: 0)
    return vector[row: 0]
  }

  private func row(_ table: [Float], _ index: Int, _ size: Int) -> [Float] {
    Array(table[(index * size)..<((index + 1) * size)])
  }

  private func dot(_ x: [Float], _ y: ArraySlice<Float>) -> Float {
    zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// kernel `[outputs, inputs]` · x + bias
  private func dense(_ kernel: [Float], _ bias: [Float], _ x: [Float]) -> [Float] {
    bias.indices.map { dot(x, kernel[($0 * x.count)..<(($0 + 1) * x.count)]) + bias[$0] }
  }
}
