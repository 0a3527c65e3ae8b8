/// The arithmetic of a model's matrix products.
public enum Precision: String, Sendable, CaseIterable {
  /// Floating point. Results agree with the framework that the model comes from.
  case float32
  /// Weights and activations rotated and quantised to 8 bits or fewer, summed exactly. Weights that
  /// were not prepared for it are rounded when they are loaded.
  case int8
}
