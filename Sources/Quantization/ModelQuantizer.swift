public import Platform
internal import Safetensors
public import Tensor
public import Transformer

/// Makes a prepared int8 model of a float32 one.
///
/// It goes layer by layer. The calibration's messages run through the layers that are done already, the
/// inputs of each site are gathered, its weights are rounded so that its outputs on them stay
/// (`WeightRounder`), and the loss is measured on a sample of the inputs. A site that loses too much
/// gets finer weights or a second digit of its inputs; one that loses too much even so, or would take
/// longer than in float32, stays in float32.
public struct ModelQuantizer {
  private let model: ModelFolder
  let encoder: Encoder
  private let tolerance: Double?
  private let readsLastToken: Bool
  let instructionSet: InstructionSet

  /// - Parameters:
  ///   - folder: of the encoder: `config.json` and weights
  ///   - adapter: a LoRA adapter that is merged into the weights before they are rounded, as
  ///     ``SentenceEncoder`` takes it
  ///   - tolerance: the loss, as in ``SiteReport/error``, that a site may have in the cheapest rounding
  ///     if its layers do a quarter of all multiplications; a site that does less may lose less, in
  ///     proportion. nil: 0.0012, then half of it and so on until the calibration's embeddings stay near
  ///     float32 (``Agreement``).
  ///   - readsLastToken: whether a message's embedding is the state of its last token; else the mean of all
  ///     states stands for it
  ///   - instructionSet: of the CPUs that will run the model: what takes them longer than float32 is not
  ///     rounded. nil: that of `processor`
  public init(
    contentsOf folder: URL, adapter: String? = nil, tolerance: Double? = nil,
    readsLastToken: Bool = false, instructionSet: InstructionSet? = nil,
    processor: Processor = Processor()
  ) throws(TransformerError) {
    model = try ModelFolder(folder, adapter: adapter, precision: .float32, processor: processor)
    encoder = try Encoder(model)
    self.tolerance = tolerance
    self.readsLastToken = readsLastToken
    self.instructionSet = instructionSet ?? processor.kernels.instructionSet
  }

  public var layerCount: Int { encoder.layers.count }

  /// Rounds every layer.
  ///
  /// - Parameters:
  ///   - calibration: messages like those that the model will see; some hundreds
  ///   - progress: is called with the number of layers done
  public func prepare(
    calibration: [TokenSequence], progress: (Int) -> Void = { _ in }
  ) throws(TransformerError) -> PreparedModel {
    try prepare(calibration: calibration, progress: progress) { $0.isEnough }
  }

  func prepare(
    calibration: [TokenSequence], progress: (Int) -> Void = { _ in },
    until isEnough: (Agreement) -> Bool
  ) throws(TransformerError) -> PreparedModel {
    if let tolerance { return try round(calibration, tolerance, progress).prepared }
    let exact = try exactEmbeddings(calibration)
    var tolerance = 0.0012
    while true {
      let (prepared, found, slack) = try round(calibration, tolerance, progress)
      let isExact = prepared.reports.allSatisfy { $0.bits == 32 }
      var agreement = Agreement()
      for (found, exact) in zip(found, exact) { agreement.add(found, exact: exact) }
      if isExact || isEnough(agreement) { return prepared }
      tolerance = Self.nextTolerance(tolerance, slack: slack)
    }
  }

  /// The next of the halved tolerances that changes a site's rounding.
  ///
  /// - Parameter slack: the least limit over loss of all sites. Whoever halves the limits less often than
  ///   that gets the same plan again.
  static func nextTolerance(_ tolerance: Double, slack: Double) -> Double {
    var (next, slack) = (tolerance / 2, slack / 2)
    while slack >= 1, slack.isFinite { (next, slack) = (next / 2, slack / 2) }
    return next
  }

  private func exactEmbeddings(
    _ messages: [TokenSequence]
  ) throws(TransformerError) -> [[Float]] {
    var embeddings = [[Float]](repeating: [], count: messages.count)
    try encoder.forEachMessage(of: messages) {
      embeddings[$0] = Agreement.embedding($1, lastToken: readsLastToken)
    }
    return embeddings
  }

  /// Rounds all layers with one tolerance.
  ///
  /// - Returns: the model, the embeddings that it gives to the calibration's messages, and the slack of
  ///   ``nextTolerance(_:slack:)``
  private func round(
    _ calibration: [TokenSequence], _ tolerance: Double, _ progress: (Int) -> Void
  ) throws(TransformerError) -> (prepared: PreparedModel, embeddings: [[Float]], slack: Double) {
    let run = try CalibrationRun(calibration, encoder)
    var layers: [Linear] = []
    var reports: [SiteReport] = []
    var slack = Double.infinity
    for indices in sharedLayers {
      var layer = encoder.layers[indices.lowerBound]
      let statistics = run.statistics(of: layer, times: indices.count)
      let exact = run.contexts(layer)
      for site in Site.allCases {
        guard let inputs = statistics[site] else { continue }
        // Where a second digit costs little, little is enough to ask for it.
        let share = 4 * Double(layer.multiplications(at: site)) / Double(layer.multiplications)
        let rounding = rounding(
          layer[keyPath: site.layers], inputs, tolerance: tolerance, first: tolerance * share
        ) { candidate in
          // Attention may make much of a small difference.
          guard site == .attentionInput, let exact else { return 0 }
          var changed = layer
          changed[keyPath: site.layers] = candidate
          var error = RelativeError()
          if let found = run.contexts(changed) { error.add(found, exact: exact) }
          return error.value
        }
        layer[keyPath: site.layers] = rounding.linears
        layers += rounding.linears
        slack = min(slack, rounding.limit / rounding.error)
        reports.append(
          SiteReport(
            layer: indices.lowerBound, site: site.rawValue, bits: rounding.bits,
            digits: rounding.digits, error: rounding.error))
      }
      run.apply(layer, times: indices.count)
      progress(indices.upperBound)
    }
    let prepared = PreparedModel(
      model, words: encoder.embeddings.words.path, layers: layers, tolerance: tolerance,
      instructionSet: instructionSet, reports: reports)
    return (prepared, run.embeddings(lastToken: readsLastToken), slack)
  }

  /// The indices of neighbouring layers that have the same weights; one in most models.
  private var sharedLayers: [Range<Int>] {
    var ranges: [Range<Int>] = []
    for (index, layer) in encoder.layers.enumerated() {
      if let last = ranges.last, encoder.layers[last.lowerBound].hasWeights(of: layer) {
        ranges[ranges.count - 1] = last.lowerBound..<index + 1
      } else {
        ranges.append(index..<index + 1)
      }
    }
    return ranges
  }
}
