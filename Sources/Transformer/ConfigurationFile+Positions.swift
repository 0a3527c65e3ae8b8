internal import JSON

extension ConfigurationFile {
  /// The rotary positions that the configuration asks for, in the spelling of transformers 4 (a base
  /// under a key of its own, and `rope_scaling`) or of transformers 5 (`rope_parameters`, for all layers
  /// or by the type of the layer).
  ///
  /// - Parameters:
  ///   - size: elements of a head
  ///   - layerType: such as `full_attention`
  ///   - baseKey: the older key of the base
  ///   - hasScaling: whether `rope_scaling` is for these layers
  func rotary(
    size: Int, layerType: String = "full_attention", baseKey: String = "rope_theta",
    default base: Double, hasScaling: Bool = true
  ) throws(TransformerError) -> Rotary {
    guard size % 2 == 0 else { throw unsupported("head_dim", "\(size)") }
    guard try number("partial_rotary_factor", default: 1) == 1 else {
      throw unsupported("partial_rotary_factor", "anything but 1")
    }
    var parameters = try object("rope_parameters")
    if let own = try parameters?.object(layerType) { parameters = own }
    let older = try number(baseKey, default: base)
    let scaling = if let parameters { parameters } else { try scaling(hasScaling) }
    return Rotary(
      size: size, base: try parameters?.number("rope_theta", default: Double(older)) ?? older,
      factor: try scaling?.linearFactor() ?? 1)
  }

  private func scaling(_ hasScaling: Bool) throws(TransformerError) -> ConfigurationFile? {
    hasScaling ? try object("rope_scaling") : nil
  }

  /// What places are divided by.
  private func linearFactor() throws(TransformerError) -> Float {
    // "type" is the older name of the key.
    let type = try text("rope_type", default: text("type", default: "default"))
    switch type {
    case "default": return 1
    case "linear": return try number("factor", default: 1)
    default: throw unsupported("rope_type", type)
    }
  }

  /// The type of each layer, such as `sliding_attention`, by `layer_types`.
  ///
  /// - Parameter usual: the type of a layer where the key is absent
  func layerTypes(
    _ count: Int, usual: (_ layer: Int) -> String
  ) throws(TransformerError) -> [String] {
    let given = try read { json throws(JSONError) in try json.optionalStrings("layer_types") }
    guard let given else { return (0..<count).map(usual) }
    guard given.count == count else {
      throw .inconsistent(
        file: path, reason: "layer_types names \(given.count) layers of \(count)")
    }
    let known = ["full_attention", "sliding_attention"]
    if let unknown = given.first(where: { !known.contains($0) }) {
      throw unsupported("layer_types", unknown)
    }
    return given
  }
}
