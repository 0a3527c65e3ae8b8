package import Tensor

/// A linear layer `x · weightsᵀ + bias`, and where its weights come from.
package struct Linear: Sendable {
  /// The name of the layer, with the prefix of the checkpoint.
  package let path: String
  /// The tensors of the checkpoint that hold the float weights and bias, whole or among others.
  package let sources: [String]
  package var weights: Projection

  package init(path: String, sources: [String], weights: Projection) {
    self.path = path
    self.sources = sources
    self.weights = weights
  }

  var outputs: Int { weights.outputs }
}
