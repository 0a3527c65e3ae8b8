internal import Tensor

/// The steps that make one vector of the states of a message's tokens, with their weights.
struct SentenceModules: Sendable {
  private enum Step: Sendable {
    case pooling(Pooling)
    case dense(DenseModule)
    case layerNorm(LayerNormModule)
    /// Keeps the first elements.
    case cut(Int)
    case normalize
  }

  private var steps: [Step] = []
  /// Elements of a vector.
  private(set) var dimension: Int
  private let configuration: SentenceTransformerConfiguration

  /// - Parameters:
  ///   - hiddenSize: elements of a token's state
  ///   - dimensions: elements of a vector that are kept; nil: as the configuration says
  init(
    _ configuration: SentenceTransformerConfiguration, hiddenSize: Int, dimensions: Int? = nil,
    _ kernels: Kernels
  ) throws(TransformerError) {
    dimension = hiddenSize
    self.configuration = configuration
    for module in configuration.modules {
      switch module {
      case .pooling(let pooling):
        dimension *= pooling.modes.count
        steps.append(.pooling(pooling))
      case .dense(let folder):
        let dense = try DenseModule(folder, inputs: dimension, kernels)
        dimension = dense.outputs
        steps.append(.dense(dense))
      case .layerNorm(let folder):
        steps.append(.layerNorm(try LayerNormModule(folder, inputs: dimension)))
      case .normalize: steps.append(.normalize)
      }
    }
    guard let dimensions else {
      dimension = min(dimension, configuration.dimension ?? dimension)
      return
    }
    guard (1...dimension).contains(dimensions) else {
      throw .dimensionsOutOfRange(dimensions, of: dimension)
    }
    dimension = dimensions
    // sentence-transformers cuts behind the last module; here a normalised vector stays one.
    if case .normalize? = steps.last { steps.insert(.cut(dimensions), at: steps.count - 1) }
  }

  /// The one token that is looked at, by the ids of the message, where there is only one.
  ///
  /// - Parameter prompt: tokens of the prompt at the front
  func onlyToken(skipping prompt: Int) -> ((_ ids: [Int32]) -> Int)? {
    configuration.onlyToken(skipping: prompt)
  }

  /// - Parameters:
  ///   - hidden: `[tokens, hidden size]`, or the one row of ``onlyToken(skipping:)``
  ///   - prompt: tokens of the prompt at the front
  /// - Returns: ``dimension`` elements
  func callAsFunction(_ hidden: Matrix, skipping prompt: Int, _ kernels: Kernels) -> [Float] {
    var vector: [Float] = []
    for step in steps {
      switch step {
      case .pooling(let pooling): vector = pooling(hidden, skipping: prompt)
      case .dense(let dense): vector = dense(vector, kernels)
      case .layerNorm(let norm): vector = norm(vector)
      case .cut(let count): vector = Array(vector.prefix(count))
      case .normalize:
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let divisor = max(length, 1e-12)
        vector = vector.map { $0 / divisor }
      }
    }
    return Array(vector.prefix(dimension))
  }
}
