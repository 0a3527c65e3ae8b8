internal import JSON
internal import Safetensors
internal import Tensor

/// Low-rank adaptation (arXiv:2106.09685): `W + scale · B A` in the place of each adapted matrix W.
struct LoRA {
  /// Adapted matrices. A model of a hundred layers has seven hundred.
  static let mostMatrices = 4096
  private let file: ConfigurationFile
  private let scale: @Sendable (_ rank: Int) -> Float
  /// The matrices of each adapted layer, by its path: A `[rank, inputs]` and B `[outputs, rank]`.
  private var factors: [String: (a: StoredTensor?, b: StoredTensor?)] = [:]
  /// Tensors that take the place of the model's, such as those of a classifier's head.
  private var whole: [StoredTensor] = []

  init(_ folder: AdapterFolder) throws(TransformerError) {
    file = try folder.configuration()
    scale = try Self.scale(file)
    for tensor in try folder.tensors() {
      // Older versions of PEFT write the name of the adapter too.
      let parts = tensor.name.split(separator: ".").filter {
        $0 != "default" && $0 != "modules_to_save"
      }
      let kind = parts.firstIndex { $0 == "lora_A" || $0 == "lora_B" }
      guard let kind else {
        let name = parts.joined(separator: ".")
        guard !name.contains("lora_") else {
          throw .unsupported(file: file.path, key: "peft_type", value: tensor.name)
        }
        whole.append(tensor.renamed(name))
        continue
      }
      let path = parts[..<kind].joined(separator: ".")
      if parts[kind] == "lora_A" {
        factors[path, default: (nil, nil)].a = tensor
      } else {
        factors[path, default: (nil, nil)].b = tensor
      }
    }
  }

  /// What the product is multiplied by. Refuses what changes more than that.
  private static func scale(
    _ file: ConfigurationFile
  ) throws(TransformerError) -> @Sendable (_ rank: Int) -> Float {
    try file.require("peft_type", is: "LORA")
    let keys = (try? file.value.object().keys.map { String($0) }) ?? []
    // Each variant of the method has a switch of its own.
    let switches = keys.filter { $0.hasPrefix("use_") && $0 != "use_rslora" }
    for key in switches + ["fan_in_fan_out", "lora_bias"] where !file.isNull(key) {
      try file.require(key, is: false)
    }
    let variants = [
      "alpha_pattern", "alora_invocation_tokens", "layer_replication", "target_parameters",
      "trainable_token_indices", "arrow_config", "kasa_config", "monteclora_config",
      "velora_config",
    ]
    for key in variants {
      let value = file.value[key] ?? .null
      guard [.null, .array([]), .object(JSONObject())].contains(value) else {
        throw file.unsupported(key, String(decoding: value.encoded().prefix(80), as: UTF8.self))
      }
    }
    // Some ways to start change the base's weights too.
    if case .string(let start)? = file.value["init_lora_weights"],
      !["gaussian", "eva", "orthogonal"].contains(start)
    {
      throw file.unsupported("init_lora_weights", start)
    }
    let alpha = try file.number("lora_alpha", default: 8)
    let isStable = try file.flag("use_rslora", default: false)
    return { rank in alpha / (isStable ? Float(rank).squareRoot() : Float(rank)) }
  }

  /// A checkpoint whose adapted tensors are merged as they are read.
  func merged(into base: Checkpoint, _ processor: Processor) throws(TransformerError) -> Checkpoint
  {
    guard factors.count <= Self.mostMatrices else {
      throw .inconsistent(
        file: file.path,
        reason: "adapts \(factors.count) matrices; at most \(Self.mostMatrices) are read")
    }
    var updates: [String: (a: StoredTensor, b: StoredTensor)] = [:]
    for (path, pair) in factors.sorted(by: { $0.key < $1.key }) {
      guard let a = pair.a, let b = pair.b, a.shape.count == 2, b.shape.count == 2,
        a.shape[0] == b.shape[1]
      else {
        throw .inconsistent(file: file.path, reason: "\(path) has no lora_A and lora_B that fit")
      }
      guard let name = Self.name(of: "\(path).weight", in: base) else {
        throw .inconsistent(
          file: file.path, reason: "adapts \(path), which \(base.path) does not have")
      }
      updates[name] = (a, b)
    }
    let added = whole.map { $0.renamed(Self.name(of: $0.name, in: base) ?? $0.name) }
    let (found, scale) = (updates, scale)
    return base.overlaid(with: added) { (tensor) throws(SafetensorsError) in
      guard let (a, b) = found[tensor.name] else { return tensor }
      return try tensor.adding(b, a, scale: scale(a.shape[0]), processor.kernels)
    }
  }

  /// The name of a tensor in a checkpoint whose class may have another prefix than the adapter's.
  private static func name(of name: String, in base: Checkpoint) -> String? {
    if base.contains(name) { return name }
    var shorter = name[...]
    while let dot = shorter.firstIndex(of: ".") {
      shorter = shorter[shorter.index(after: dot)...]
      if base.contains(String(shorter)), shorter.contains(".") { return String(shorter) }
    }
    let longer = base.names.filter { $0.hasSuffix(".\(name)") }
    return longer.count == 1 ? longer[0] : nil
  }
}

extension Matrix {
  /// Rows as far apart as a product needs them.
  fileprivate static func spread(rows: Int, columns: Int) -> Matrix {
    let stride = spreadStride(columns)
    return Matrix(
      storage: Storage<Float>(count: rows * stride), rows: rows, columns: columns, stride: stride)
  }
}

extension StoredTensor {
  /// `self + scale · b a` in float32.
  fileprivate func adding(
    _ b: StoredTensor, _ a: StoredTensor, scale: Float, _ kernels: Kernels
  ) throws(SafetensorsError) -> StoredTensor {
    let (outputs, inputs, rank) = (b.shape[0], a.shape[1], a.shape[0])
    guard shape == [outputs, inputs] else {
      throw .shapeMismatch(tensor: name, expected: [outputs, inputs], found: shape)
    }
    let sum = Matrix.spread(rows: outputs, columns: inputs)
    let right = Matrix.spread(rows: rank, columns: inputs)
    let factor = try a.matrix(rows: rank, columns: inputs)
    for row in 0..<rank { right.set(row: row, from: factor, row: row) }
    kernels.multiply(
      try b.matrix(rows: outputs, columns: rank), right, scale: scale, into: sum)
    kernels.add(try matrix(rows: outputs, columns: inputs), to: sum)
    return StoredTensor(name, sum.elements, shape: shape)
  }
}
