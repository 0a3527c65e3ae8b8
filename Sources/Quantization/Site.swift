internal import Tensor
internal import Transformer

/// The linear layers of a transformer layer that multiply the same input.
enum Site: String, CaseIterable {
  case attentionInput = "attention input"
  case attentionOutput = "attention output"
  case expansion
  case contraction

  var layers: WritableKeyPath<TransformerLayer, [Linear]> {
    switch self {
    case .attentionInput: \.attention.body.inputLayers
    case .attentionOutput: \.attention.body.outputLayers
    case .expansion: \.feedForward.body.inputLayers
    case .contraction: \.feedForward.body.outputLayers
    }
  }
}

extension TransformerLayer {
  /// Multiplications for one token.
  func multiplications(at site: Site) -> Int {
    self[keyPath: site.layers].reduce(0) { $0 + $1.weights.inputs * $1.weights.outputs }
  }

  var multiplications: Int { Site.allCases.reduce(0) { $0 + multiplications(at: $1) } }

  /// The site of linear layers that are called together.
  func site(of layers: [Linear]) -> Site? {
    Site.allCases.first { site in self[keyPath: site.layers].first?.path == layers.first?.path }
  }

  /// Whether both layers take their weights from the same tensors.
  func hasWeights(of other: TransformerLayer) -> Bool {
    Site.allCases.allSatisfy {
      self[keyPath: $0.layers].map(\.path) == other[keyPath: $0.layers].map(\.path)
    }
  }
}

/// What a site's output lost, and what it got for it.
public struct SiteReport: Sendable {
  public let layer: Int
  /// `attention input`, `attention output`, `expansion` or `contraction`.
  public let site: String
  /// Bits of a weight: 7 or 8, or 32 where they stay as they are.
  public let bits: Int
  /// Digits of an input: 1 or 2, or 0 where it stays as it is.
  public let digits: Int
  /// Σ(y − y′)² / Σ(y − ȳ)² of its outputs over the sample. For queries, keys and values also that
  /// of the contexts which attention makes of them, if it is larger.
  public let error: Double
}
