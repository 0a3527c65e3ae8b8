extension Moderator {
  /// The version of this package, which `moderate --version` prints and the Python wheel has.
  /// Scores of the same bundle are the same bits with the same version.
  public static let version = "0.1.0"
}
