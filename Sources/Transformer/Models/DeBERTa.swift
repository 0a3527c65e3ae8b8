internal import Safetensors
internal import Tensor

extension Encoder {
  /// DeBERTa-v2 and -v3 (arXiv:2006.03654, arXiv:2111.09543): attention disentangled into content and
  /// relative position.
  convenience init(
    debertaV2 scope: CheckpointScope, _ configuration: EncoderConfiguration, _ processor: Processor
  ) throws(TransformerError) {
    guard case .disentangled(let attention) = configuration.relative else {
      preconditionFailure("a DeBERTa configuration has disentangled attention")
    }
    let layers = try Self.layers(scope, names: .debertaV2, configuration, on: processor)
    let terms = 1 + (attention.contentToPosition ? 1 : 0) + (attention.positionToContent ? 1 : 0)
    let scale = 1 / Float(configuration.headSize * terms).squareRoot()
    var distance = DistanceScores.none
    if attention.isRelative {
      distance = .disentangled(
        try Self.disentangledScores(
          scope["encoder"], configuration, attention, layers, scale: scale, processor))
    }
    self.init(
      configuration,
      embeddings: try Embeddings(scope["embeddings"], configuration, processor.kernels),
      layers: layers, distance: distance, scale: scale,
      convolution: try attention.convolution.map { convolution throws(TransformerError) in
        try ConvolutionLayer(scope["encoder.conv"], convolution, configuration, processor.kernels)
      },
      processor: processor)
  }

  /// The projections of the relative embeddings in every layer.
  private static func disentangledScores(
    _ scope: CheckpointScope, _ configuration: EncoderConfiguration,
    _ attention: EncoderConfiguration.Disentangled, _ layers: [EncoderLayer], scale: Float,
    _ processor: Processor
  ) throws(TransformerError) -> DisentangledScores {
    let rows = 2 * attention.span
    let hidden = configuration.hiddenSize
    var embeddings = try scope.matrix("rel_embeddings.weight", rows: rows, columns: hidden)
    if attention.normalizesEmbeddings {
      let norm = try LayerNorm(
        scope["LayerNorm"], size: hidden, epsilon: configuration.normEpsilon)
      let normalized = Matrix(rows: rows, columns: hidden)
      norm(embeddings, into: normalized, on: processor)
      embeddings = normalized
    }
    let workspace = Workspace()
    func projected(_ layer: Projection, isFalling: Bool) -> Matrix {
      let product = Matrix(rows: rows, columns: hidden)
      layer(embeddings, into: product, workspace, on: processor)
      if isFalling {
        let reversed = Matrix(rows: rows, columns: hidden)
        for row in 0..<rows { reversed.set(row: row, from: product, row: rows - 1 - row) }
        return reversed.transposed(processor.kernels)
      }
      return product.transposed(processor.kernels)
    }
    var tables: [DisentangledScores.Layer] = []
    for (index, layer) in layers.enumerated() {
      let own = scope["layer"][index]["attention.self"]
      let shares = attention.sharesContentProjections
      var keys: Matrix?
      var queries: Matrix?
      if attention.contentToPosition {
        let projection =
          shares
          ? layer.key
          : try own["pos_key_proj"].projection(
            inputs: hidden, outputs: hidden, precision: .float32,
            kernels: processor.kernels)
        keys = projected(projection, isFalling: true)
      }
      if attention.positionToContent {
        let projection =
          shares
          ? layer.query
          : try own["pos_query_proj"].projection(
            inputs: hidden, outputs: hidden, precision: .float32,
            kernels: processor.kernels)
        queries = projected(projection, isFalling: false)
      }
      tables.append(DisentangledScores.Layer(positionKeys: keys, positionQueries: queries))
    }
    return DisentangledScores(
      layers: tables, headSize: configuration.headSize, span: attention.span, scale: scale,
      buckets: DistanceBuckets(attention))
  }
}

extension EncoderLayer.Names {
  static let debertaV2 = EncoderLayer.Names(
    query: "attention.self.query_proj", key: "attention.self.key_proj",
    value: "attention.self.value_proj", output: "attention.output.dense",
    norm: "attention.output.LayerNorm")
}

extension Matrix {
  /// The transpose, copied.
  fileprivate func transposed(_ kernels: Kernels) -> Matrix {
    let stride = Matrix.spreadStride(rows)
    let result = Matrix(
      storage: FloatStorage(count: columns * stride), rows: columns, columns: rows, stride: stride)
    kernels.transpose(self, into: result)
    return result
  }
}
