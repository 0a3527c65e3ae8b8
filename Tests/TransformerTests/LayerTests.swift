import Safetensors
import Tensor
import TestSupport
import Testing

@testable import Transformer

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A layer of `Tests/Fixtures/transformers/layers`: its weights, and what transformers makes of an input.
struct ReferenceLayer {
  let weights: WeightScope
  /// `[tokens, 16]`
  let input: Matrix
  let output: [Float]

  init(_ name: String) throws {
    let checkpoint = try Checkpoint(
      contentsOf: Checkout.fixtures("transformers/layers/\(name).safetensors"))
    let tensor = try checkpoint.tensor(named: "input")
    input = Matrix(try tensor.floats(), rows: tensor.shape[0], columns: tensor.shape[1])
    output = try checkpoint.tensor(named: "output").floats()
    weights = WeightScope(
      checkpoint.scope(), precision: .float32, processor: Processor(threads: 2))
  }

  func pass(only row: Int? = nil) -> ForwardPass {
    ForwardPass(
      messages: [0..<input.rows], rows: row.map { [$0] }, workspace: Workspace(),
      processor: weights.processor)
  }

  func expect(_ found: Matrix, _ comment: Comment? = nil) {
    #expect(largestDifference(found.elements, output, isRelative: true) <= 1e-5, comment)
  }

  /// Holds attention over all tokens to the reference, and that of one token to the same bits.
  func expect(_ attention: Attention) {
    let found = Matrix(rows: input.rows, columns: input.columns)
    attention(input, residual: nil, into: found, pass())
    expect(found)
    for row in [0, 40, 70, input.rows - 1] {
      let one = Matrix(rows: 1, columns: input.columns)
      attention(input, residual: nil, into: one, pass(only: row))
      #expect(one[row: 0] == found[row: row], "token \(row)")
    }
  }

  func linear(_ name: String, _ inputs: Int, _ outputs: Int, hasBias: Bool = true) throws -> Linear
  {
    try weights.linear(name, inputs: inputs, outputs: outputs, hasBias: hasBias)
  }
}

@Suite("Layers by themselves are those of transformers")
struct LayerTests {
  private func norm(_ name: String, _ norm: (WeightScope) throws -> Norm) throws {
    let layer = try ReferenceLayer(name)
    let found = Matrix(rows: layer.input.rows, columns: layer.input.columns)
    try norm(layer.weights)(layer.input, into: found, on: layer.weights.processor)
    layer.expect(found)
  }

  @Test func `layer norm`() throws {
    try norm("layer-norm") { try $0.layerNorm("", size: 16, epsilon: 1e-5) }
  }

  @Test func `RMS norm`() throws {
    try norm("rms-norm-qwen3") { try $0.rmsNorm("", size: 16, epsilon: 1e-5) }
  }

  @Test func `RMS norm whose weights are stored less one`() throws {
    try norm("rms-norm-gemma3") { try $0.rmsNorm("", size: 16, epsilon: 1e-6, offset: 1) }
  }

  @Test func `rotary positions`() throws {
    let layer = try ReferenceLayer("rotary")
    let rotary = Rotary(size: 8, base: 10_000)
    let x = Matrix(layer.input.elements, rows: layer.input.rows, columns: 16)
    let kernels = layer.weights.processor.kernels
    // The table grows when a longer message comes.
    rotary(x[rows: 0..<1], places: 0..<1, angles: rotary.angles(places: 1), kernels)
    rotary(x, places: 0..<x.rows, angles: rotary.angles(places: x.rows), kernels)
    layer.expect(x)
  }

  @Test func `BERT's attention`() throws {
    let layer = try ReferenceLayer("attention-bert")
    layer.expect(
      Attention(
        query: try layer.linear("attention.query", 16, 16),
        key: try layer.linear("attention.key", 16, 16),
        value: try layer.linear("attention.value", 16, 16),
        output: try layer.linear("dense", 16, 16), heads: 4))
  }

  @Test func `MPNet's attention with a bias for each distance`() throws {
    let layer = try ReferenceLayer("attention-mpnet")
    let table = try layer.weights.matrix(
      "encoder.relative_attention_bias.weight", rows: 32, columns: 4)
    layer.expect(
      Attention(
        query: try layer.linear("attn.q", 16, 16), key: try layer.linear("attn.k", 16, 16),
        value: try layer.linear("attn.v", 16, 16), output: try layer.linear("attn.o", 16, 16),
        heads: 4, position: .bias(DistanceBias(table, maximum: 90))))
  }

  @Test(arguments: ["attention-deberta", "attention-deberta-shared"])
  func `DeBERTa's disentangled attention`(_ name: String) throws {
    let layer = try ReferenceLayer(name)
    let isShared = name.hasSuffix("shared")
    let scale = 1 / Float(4 * 3).squareRoot()
    let embeddings = try layer.weights.matrix("rel_embeddings.weight", rows: 16, columns: 16)
    func projected(_ name: String) throws -> Matrix {
      let product = Matrix(rows: 16, columns: 16)
      try layer.linear("attention.\(name)", 16, 16).weights(
        embeddings, into: product, Workspace(), on: layer.weights.processor)
      return product
    }
    let scores = DisentangledScores(
      keys: try projected(isShared ? "key_proj" : "pos_key_proj"),
      queries: try projected(isShared ? "query_proj" : "pos_query_proj"),
      buckets: DistanceBuckets(buckets: 8, maximumDistance: 96), scale: scale,
      layer.weights.processor.kernels)
    layer.expect(
      Attention(
        query: try layer.linear("attention.query_proj", 16, 16),
        key: try layer.linear("attention.key_proj", 16, 16),
        value: try layer.linear("attention.value_proj", 16, 16),
        output: try layer.linear("dense", 16, 16), heads: 4, scale: scale,
        position: .disentangled(scores)))
  }

  @Test
  func
    `causal attention with fewer heads of keys, norms of queries and keys, and rotary positions`()
    throws
  {
    let layer = try ReferenceLayer("attention-qwen3")
    layer.expect(
      Attention(
        query: try layer.linear("attention.q_proj", 16, 24, hasBias: false),
        key: try layer.linear("attention.k_proj", 16, 12, hasBias: false),
        value: try layer.linear("attention.v_proj", 16, 12, hasBias: false),
        output: try layer.linear("attention.o_proj", 24, 16, hasBias: false),
        heads: 4, keyHeads: 2,
        queryNorm: try layer.weights.rmsNorm("attention.q_norm", size: 6, epsilon: 1e-6),
        keyNorm: try layer.weights.rmsNorm("attention.k_norm", size: 6, epsilon: 1e-6),
        position: .rotary(Rotary(size: 6, base: 1000)), reach: .causal))
  }

  @Test func `causal attention in a window, with a scale of its own`() throws {
    let layer = try ReferenceLayer("attention-gemma3")
    layer.expect(
      Attention(
        query: try layer.linear("attention.q_proj", 16, 32, hasBias: false),
        key: try layer.linear("attention.k_proj", 16, 8, hasBias: false),
        value: try layer.linear("attention.v_proj", 16, 8, hasBias: false),
        output: try layer.linear("attention.o_proj", 32, 16, hasBias: false),
        heads: 4, keyHeads: 1, scale: 1 / Float(5).squareRoot(),
        queryNorm: try layer.weights.rmsNorm(
          "attention.q_norm", size: 8, epsilon: 1e-6, offset: 1),
        keyNorm: try layer.weights.rmsNorm("attention.k_norm", size: 8, epsilon: 1e-6, offset: 1),
        position: .rotary(Rotary(size: 8, base: 1000)), reach: .causalWindow(19)))
  }

  @Test func `attention in a window to both sides, its weights in one tensor`() throws {
    let layer = try ReferenceLayer("attention-modernbert")
    func part(_ name: String, _ index: Int) throws -> Linear {
      try layer.weights.linear(
        "attn.\(name)",
        weight: TensorRows("attn.Wqkv.weight", rows: 16 * index..<16 * (index + 1), of: 48),
        inputs: 16)
    }
    layer.expect(
      Attention(
        query: try part("query", 0), key: try part("key", 1), value: try part("value", 2),
        output: try layer.linear("attn.Wo", 16, 16, hasBias: false), heads: 4,
        position: .rotary(Rotary(size: 4, base: 1000)), reach: .window(9)))
  }

  private func feedForward(_ name: String, _ network: (ReferenceLayer) throws -> FeedForward) throws
  {
    let layer = try ReferenceLayer(name)
    let found = Matrix(rows: layer.input.rows, columns: 16)
    try network(layer)(layer.input, residual: nil, into: found, layer.pass())
    layer.expect(found)
  }

  @Test func `BERT's feed-forward network`() throws {
    try feedForward("feed-forward-bert") { layer in
      .plain(
        try layer.linear("intermediate.dense", 16, 22), .gelu, try layer.linear("output", 22, 16))
    }
  }

  @Test(arguments: [("feed-forward-qwen3", Activation.silu), ("feed-forward-gemma3", .geluTanh)])
  func `gated feed-forward networks`(_ name: String, _ activation: Activation) throws {
    try feedForward(name) { layer in
      .gated(
        gate: try layer.linear("gate_proj", 16, 22, hasBias: false),
        up: try layer.linear("up_proj", 16, 22, hasBias: false),
        down: try layer.linear("down_proj", 22, 16, hasBias: false), activation)
    }
  }
}

@Suite("The parts of a layer together")
struct SublayerTests {
  private let processor = Processor(threads: 2)

  private func scale(_ factor: Float, _ name: String) throws -> Norm {
    // With ε far above the variance an RMS norm is nearly x · gain / √ε.
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "norm.safetensors")
    var writer = try SafetensorsWriter(url, tensors: [.init("weight", .float32, [2])])
    try writer.write([factor * 1e6, factor * 1e6] as [Float])
    try writer.finish()
    let weights = WeightScope(
      try Checkpoint(contentsOf: url).scope(), precision: .float32, processor: processor)
    return try weights.rmsNorm("", size: 2, epsilon: 1e12)
  }

  @Test func `norms stand before, after and behind, and the residual is added between`() throws {
    let sublayer = Sublayer(
      0, before: try scale(2, "before"), after: try scale(3, "after"),
      behind: try scale(5, "behind"))
    let x = Matrix([1, -2, 3, 4], rows: 2, columns: 2)
    let y = Matrix(rows: 2, columns: 2)
    let pass = ForwardPass(messages: [0..<2], workspace: Workspace(), processor: processor)
    sublayer.apply(to: x, residual: x, into: y, pass) { input, residual in
      #expect(residual == nil, "a norm stands between the product and the sum")
      for row in 0..<2 { y.set(row: row, to: input[row: row].map { $0 + 7 }) }
    }
    // 5 · (x + 3 · (2 · x + 7))
    let expected = x.elements.map { 5 * ($0 + 3 * (2 * $0 + 7)) }
    #expect(largestDifference(y.elements, expected, isRelative: true) < 1e-5)
    #expect(x.elements == [1, -2, 3, 4])
  }
}
