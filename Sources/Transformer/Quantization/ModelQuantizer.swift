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
/// too much gets finer weights or a second digit of its inputs.
public struct ModelQuantizer {
  /// What a site's output lost, and what it got for it.
  public struct SiteReport: Sendable {
    public let layer: Int
    /// `attention input`, `attention output`, `expansion` or `contraction`.
    public let site: String
    /// Bits of a weight: 7 or 8.
    public let bits: Int
    /// Digits of an input.
    public let digits: Int
    /// Σ(y − y′)² / Σy² of its outputs over the sample.
    public let error: Double
  }

  private let model: ModelFolder
  private let encoder: Encoder
  private let tolerance: Double

  /// - Parameters:
  ///   - folder: of the encoder: `config.json` and weights
  ///   - tolerance: the loss, as in ``SiteReport/error``, from which on a site is given more
  public init(
    contentsOf folder: URL, tolerance: Double = 0.00015, processor: Processor = Processor()
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
    let workspace = Workspace(threads: encoder.processor.pool.threads)
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
      for site in EncoderLayer.Site.allCases {
        guard let inputs = statistics[site] else { continue }
        let rounding = rounding(layer[site], inputs)
        layer[site] = rounding.layers.map { .int8($0, digits: rounding.digits) }
        for (name, weights) in zip(names.paths(of: site), rounding.layers) {
          layers[scope[index][name].prefix] = PreparedModel.Layer(
            weights: weights, digits: rounding.digits)
        }
        reports.append(
          SiteReport(
            layer: index, site: site.rawValue, bits: rounding.layers[0].bits,
            digits: rounding.digits, error: rounding.error))
      }
      for (batch, hidden, embedded) in batches {
        encoder.apply(layer, index, to: hidden, batch, embedded: embedded, workspace)
      }
      progress(index + 1)
    }
    return PreparedModel(model: model, layers: layers, reports: reports)
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

  private struct Rounding {
    let layers: [QuantizedWeights]
    let digits: Int
    let error: Double
  }

  /// The cheapest rounding within the tolerance; else the most exact one.
  private func rounding(_ layers: [Projection], _ inputs: InputStatistics) -> Rounding {
    let weights = layers.compactMap { layer in
      if case .float32(let weights) = layer { weights } else { nil }
    }
    let rounder = inputs.rounder()
    let rotated = weights.map { QuantizedWeights.rotated($0.weights, block: inputs.block) }
    var best: Rounding?
    for bits in [7, 8] {
      let quantized = zip(weights, rotated).map { layer, rotated in
        QuantizedWeights(
          rounder.round(rotated, bits: bits, on: encoder.processor), block: inputs.block,
          bias: layer.bias)
      }
      for digits in [1, 2] {
        let error = error(of: quantized, digits: digits, against: weights, inputs)
        let rounding = Rounding(layers: quantized, digits: digits, error: error)
        if error <= tolerance { return rounding }
        if error < best?.error ?? .infinity { best = rounding }
      }
    }
    return best ?? Rounding(layers: [], digits: 1, error: .infinity)
  }

  private func error(
    of quantized: [QuantizedWeights], digits: Int, against weights: [DenseWeights],
    _ inputs: InputStatistics
  ) -> Double {
    let workspace = Workspace(threads: encoder.processor.pool.threads)
    var lost = 0.0
    var whole = 0.0
    for rows in inputs.sample {
      for (quantized, weights) in zip(quantized, weights) {
        let exact = Matrix(rows: rows.rows, columns: weights.outputs)
        let found = Matrix(rows: rows.rows, columns: weights.outputs)
        encoder.processor.dense(rows, weights, into: exact)
        workspace.apply(
          [.int8(quantized, digits: digits)], to: rows, into: [found], on: encoder.processor)
        for (exact, found) in zip(exact.elements, found.elements) {
          lost += Double(exact - found) * Double(exact - found)
          whole += Double(exact) * Double(exact)
        }
      }
    }
    return whole > 0 ? lost / whole : 0
  }
}

extension EncoderLayer {
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
