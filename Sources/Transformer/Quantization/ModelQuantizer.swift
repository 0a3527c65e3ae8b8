internal import Safetensors
public import Tensor

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// Makes a prepared int8 model of a float32 one.
///
/// Layer by layer: the calibration's messages run through the layers that are done already, the
/// inputs of each site are gathered, its weights rounded so that its outputs on them stay
/// (``WeightRounder``), and what that costs is measured on a sample of the inputs. A site that loses
/// too much gets finer weights or a second digit of its inputs; one that loses too much even so stays
/// in float32.
public struct ModelQuantizer {
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

  private let model: ModelFolder
  let encoder: Encoder
  private let tolerance: Double?

  /// - Parameters:
  ///   - folder: of the encoder: `config.json` and weights
  ///   - tolerance: the loss, as in ``SiteReport/error``, from which on a site gets more than the
  ///     cheapest rounding; one with less than a quarter of a layer's multiplications from less on, in
  ///     proportion. nil:
  ///     0.0012, then half of it and so on until the calibration's embeddings stay near float32
  ///     (``Agreement``).
  public init(
    contentsOf folder: URL, tolerance: Double? = nil, processor: Processor = Processor()
  ) throws(TransformerError) {
    model = try ModelFolder(folder, precision: .float32)
    encoder = try Encoder(model.configuration, model.encoderScope(), processor: processor)
    self.tolerance = tolerance
  }

  public var layerCount: Int { encoder.layers.count }

  /// Rounds every layer.
  ///
  /// - Parameters:
  ///   - calibration: messages as those that the model will see; some hundreds
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
    if let tolerance { return try pass(calibration, tolerance, progress).prepared }
    let exact = try exactEmbeddings(calibration)
    var tolerance = 0.0012
    while true {
      let (prepared, found) = try pass(calibration, tolerance, progress)
      let isExact = prepared.reports.allSatisfy { $0.bits == 32 }
      var agreement = Agreement()
      for (found, exact) in zip(found, exact) { agreement.add(found, exact: exact) }
      if isExact || isEnough(agreement) { return prepared }
      tolerance /= 2
    }
  }

  /// All layers with one tolerance, and the embeddings that they give.
  private func pass(
    _ calibration: [TokenSequence], _ tolerance: Double, _ progress: (Int) -> Void
  ) throws(TransformerError) -> (prepared: PreparedModel, embeddings: [[Float]]) {
    let workspace = Workspace()
    var batches: [(batch: Batch, hidden: Matrix, embedded: Matrix?)] = []
    for start in stride(from: 0, to: calibration.count, by: Self.batchSize) {
      let messages = calibration[start..<min(start + Self.batchSize, calibration.count)]
      let batch = try Batch(messages, encoder.configuration)
      let hidden = Matrix(rows: batch.tokenCount, columns: encoder.configuration.hiddenSize)
      let embedded = encoder.embed(batch, into: hidden, workspace)
      batches.append((batch, hidden, embedded.map(Self.copy)))
    }
    let names = encoder.configuration.family.layerNames
    let scope = try model.encoderScope()["encoder.layer"]
    var layers: [String: PreparedModel.Layer] = [:]
    var reports: [SiteReport] = []
    for index in encoder.layers.indices {
      var layer = encoder.layers[index]
      let statistics = statistics(of: layer, index, batches, workspace)
      // Attention may make much of a small difference.
      func contexts(_ layer: EncoderLayer) -> Matrix? {
        guard let (batch, hidden, embedded) = batches.first else { return nil }
        var contexts: Matrix?
        encoder.apply(
          layer, index, to: Self.copy(hidden), batch, embedded: embedded, workspace
        ) { site, inputs in
          if site == .attentionOutput { contexts = Self.copy(inputs) }
        }
        return contexts
      }
      let exact = contexts(layer)
      for site in EncoderLayer.Site.allCases {
        guard let inputs = statistics[site] else { continue }
        let weights = layer[site].compactMap { layer in
          if case .float32(let weights) = layer { weights } else { nil }
        }
        // Where a second digit costs little, little is enough to ask for it.
        let share = 4 * Double(layer.multiplications(at: site)) / Double(layer.multiplications)
        let rounding = rounding(
          weights, inputs, tolerance: tolerance, first: tolerance * share
        ) { candidate in
          guard site == .attentionInput, let exact else { return 0 }
          var changed = layer
          changed[site] = candidate
          var error = RelativeError()
          if let found = contexts(changed) { error.add(found, exact: exact) }
          return error.value
        }
        layer[site] = rounding.projections(of: layer[site])
        for (name, prepared) in zip(names.paths(of: site), rounding.layers) {
          layers[scope[index][name].prefix] = prepared
        }
        reports.append(
          SiteReport(
            layer: index, site: site.rawValue, bits: rounding.bits, digits: rounding.digits,
            error: rounding.error))
      }
      for (batch, hidden, embedded) in batches {
        encoder.apply(layer, index, to: hidden, batch, embedded: embedded, workspace)
      }
      progress(index + 1)
    }
    let embeddings = batches.flatMap { batch, hidden, _ in
      batch.messages.map { Agreement.embedding(hidden[rows: $0]) }
    }
    return (
      PreparedModel(model: model, layers: layers, tolerance: tolerance, reports: reports),
      embeddings
    )
  }

  private func exactEmbeddings(
    _ messages: [TokenSequence]
  ) throws(TransformerError) -> [[Float]] {
    var embeddings = [[Float]](repeating: [], count: messages.count)
    try encoder.forEachMessage(of: messages) { embeddings[$0] = Agreement.embedding($1) }
    return embeddings
  }

  /// Messages that run together.
  private static let batchSize = 32

  private static func copy(_ matrix: Matrix) -> Matrix {
    Matrix(matrix.elements, rows: matrix.rows, columns: matrix.columns)
  }

  private func statistics(
    of layer: EncoderLayer, _ index: Int,
    _ batches: [(batch: Batch, hidden: Matrix, embedded: Matrix?)], _ workspace: Workspace
  ) -> [EncoderLayer.Site: InputStatistics] {
    var statistics: [EncoderLayer.Site: InputStatistics] = [:]
    for (batch, hidden, embedded) in batches {
      encoder.apply(layer, index, to: Self.copy(hidden), batch, embedded: embedded, workspace) {
        site, inputs in
        let gathered = statistics[site] ?? InputStatistics(columns: inputs.columns)
        gathered.add(inputs)
        statistics[site] = gathered
      }
    }
    return statistics
  }
}

extension EncoderLayer {
  /// Multiplications for one token.
  func multiplications(at site: Site) -> Int {
    self[site].reduce(0) { $0 + $1.inputs * $1.outputs }
  }

  var multiplications: Int { Site.allCases.reduce(0) { $0 + multiplications(at: $1) } }

  /// The weights that a site's input is multiplied with.
  subscript(site: Site) -> [Projection] {
    get {
      switch site {
      case .attentionInput: [query, key, value]
      case .attentionOutput: [output]
      case .expansion: [expansion]
      case .contraction: [contraction]
      }
    }
    set {
      switch site {
      case .attentionInput: (query, key, value) = (newValue[0], newValue[1], newValue[2])
      case .attentionOutput: output = newValue[0]
      case .expansion: expansion = newValue[0]
      case .contraction: contraction = newValue[0]
      }
    }
  }
}

extension EncoderLayer.Names {
  /// Where a layer's scope has the weights of a site, in the order of ``EncoderLayer/subscript(_:)``.
  func paths(of site: EncoderLayer.Site) -> [String] {
    switch site {
    case .attentionInput: [query, key, value]
    case .attentionOutput: [output]
    case .expansion: ["intermediate.dense"]
    case .contraction: ["output.dense"]
    }
  }
}

extension EncoderConfiguration.Family {
  var layerNames: EncoderLayer.Names {
    switch self {
    case .bert, .roberta: .bert
    case .mpnet: .mpnet
    case .debertaV2: .debertaV2
    }
  }
}
