public import Moderation
import Platform
import Synchronization
import Tensor

/// A model to load: a folder or a Hugging Face name, and the name that requests call it by.
public struct ModelRequest: Sendable, Equatable {
  public var name: String?
  /// Nil: the moderator that comes with the package.
  public var source: String?

  public init(name: String? = nil, source: String?) {
    self.name = name
    self.source = source
  }

  /// Reads `SOURCE` or `NAME=SOURCE`.
  public init(parsing text: String) {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    if parts.count == 2, !parts[0].contains("/") {
      self.init(name: parts[0], source: parts[1])
    } else {
      self.init(source: text)
    }
  }
}

/// The models that the server answers with. A reload loads all of them beside the old ones and then
/// puts them in their place at once; where one of them cannot be loaded, nothing changes.
public final class ModelRegistry: Sendable {
  private let requests: [ModelRequest]
  private let options: Moderator.Options
  private let models: Mutex<[LoadedModel]>

  /// Loads the models.
  ///
  /// - Parameter options: for all of them; give it a processor, so that they share their threads.
  /// - Throws: `ModerationError`, or ``ServerError/duplicateModel(_:)``
  public init(_ requests: [ModelRequest], options: Moderator.Options) throws {
    self.requests = requests.isEmpty ? [ModelRequest(source: nil)] : requests
    self.options = options
    models = Mutex(try Self.load(self.requests, options))
  }

  /// Models that are loaded already, for tests. A reload keeps them.
  init(_ loaded: [LoadedModel]) {
    requests = []
    options = Moderator.Options()
    models = Mutex(loaded)
  }

  var all: [LoadedModel] { models.withLock { $0 } }

  /// The model of that name; the first one where none is named.
  func model(named name: String?) throws(RequestProblem) -> LoadedModel {
    let all = all
    guard let name else { return all[0] }
    guard let model = all.first(where: { $0.name == name }) else { throw Self.unknown }
    return model
  }

  static let unknown = RequestProblem(
    .unknownModel, "there is no model of that name; GET /v1/models lists them", parameter: "model")

  /// The model of that name, or the first one: for APIs whose clients send their service's names.
  func modelOrFirst(named name: String?) -> LoadedModel {
    let all = all
    return all.first { $0.name == name } ?? all[0]
  }

  /// Loads all models anew, beside those that answer. Takes as long as loading does; call it where that
  /// blocks nobody.
  func loadAgain() throws -> [LoadedModel] {
    requests.isEmpty ? all : try Self.load(requests, options)
  }

  /// Puts models in place of those that answer.
  func replace(with loaded: [LoadedModel]) { models.withLock { $0 = loaded } }

  private static func load(_ requests: [ModelRequest], _ options: Moderator.Options) throws
    -> [LoadedModel]
  {
    var loaded: [LoadedModel] = []
    for request in requests {
      let source =
        if let name = request.source { try ModelSource(named: name) } else {
          try ModelSource(contentsOf: try Moderator.defaultFolder)
        }
      let verified = source.verify()
      if let problem = verified.lazy.compactMap(\.problem).first { throw problem }
      let moderator = try Moderator(source, options: options)
      let name = request.name ?? moderator.bundle.name
      guard !loaded.contains(where: { $0.name == name }) else {
        throw ServerError.duplicateModel(name)
      }
      loaded.append(LoadedModel(name: name, moderator: moderator, digest: try source.digest()))
    }
    return loaded
  }
}
