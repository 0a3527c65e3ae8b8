public import Platform

#if DefaultWeights
  import DefaultWeights
#endif

extension Moderator {
  /// The moderator that comes with the package: loaded once, at its first use.
  ///
  /// - Throws: ``ModerationError/noDefaultWeights(reason:)`` where the package was built without
  ///   its trait `DefaultWeights`, or its resources are not beside the executable.
  public static var `default`: Moderator {
    get throws(ModerationError) { try loaded.get() }
  }

  /// The folder of the default moderator's bundle.
  public static var defaultFolder: URL {
    get throws(ModerationError) {
      #if DefaultWeights
        do {
          return try BundledWeights.folder()
        } catch {
          throw .noDefaultWeights(reason: error.description)
        }
      #else
        throw .noDefaultWeights(
          reason: "this was built without the default weights; name a model")
      #endif
    }
  }

  private static let loaded: Result<Moderator, ModerationError> = {
    do throws(ModerationError) {
      return .success(try Moderator(contentsOf: try defaultFolder))
    } catch {
      return .failure(error)
    }
  }()
}
