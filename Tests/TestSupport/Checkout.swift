package import Foundation

/// Paths in the checkout that the tests run from.
package enum Checkout {
  /// The folder of `Package.swift`.
  package static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The bundles that the package comes with.
  package static let weights = root.appending(path: "Weights")

  /// A folder of `Tests/Fixtures`, whose scripts made it.
  package static func fixtures(_ name: String) -> URL {
    root.appending(path: "Tests/Fixtures").appending(path: name)
  }

  /// Small transformers with random weights.
  package static let models = fixtures("transformers/models")

  /// The folder of public data sets and real weights, which is not part of the project:
  /// `MODERATION_DATA`, or `../shared/data`. It need not be there.
  package static let data: URL = {
    if let path = ProcessInfo.processInfo.environment["MODERATION_DATA"] {
      return URL(filePath: path)
    }
    return root.appending(path: "../shared/data").standardizedFileURL
  }()
}
