import Moderation

/// Whoever calls with a key of the tenants' file: a model, thresholds and a rate.
///
/// It holds on to its model, so a request that began before a reload is answered by the model and the
/// thresholds that belong together.
final class Tenant: Sendable {
  let name: String
  let model: LoadedModel?
  let thresholds: [String: Double]
  let bucket: TokenBucket?

  /// - Parameter old: the tenant of that name before a reload, whose bucket goes on
  /// - Throws: ``ServerError/setting(name:reason:)`` for a model that is not served, a label that it has not,
  ///   or a threshold outside of what the bundle allows
  init(_ definition: TenantDefinition, models: [LoadedModel], old: Tenant? = nil)
    throws(ServerError)
  {
    name = definition.name
    thresholds = definition.thresholds
    func wrong(_ reason: String) -> ServerError {
      .setting(name: "tenants", reason: "\(definition.name): \(reason)")
    }
    if let wanted = definition.model {
      guard let found = models.first(where: { $0.name == wanted }) else {
        throw wrong("no model is named \"\(wanted)\"; give it with --model \(wanted)=FOLDER")
      }
      model = found
    } else {
      model = nil
    }
    for (name, threshold) in thresholds.sorted(by: { $0.key < $1.key }) {
      guard let label = model?.moderator.bundle.labels.first(where: { $0.name == name }) else {
        throw wrong("thresholds.\(name): the model has no label of that name")
      }
      let range = label.thresholdRange ?? label.threshold...label.threshold
      guard range.contains(threshold) else {
        throw wrong(
          "thresholds.\(name) is \(threshold); the bundle allows \(range.lowerBound) to "
            + "\(range.upperBound) (\"thresholdRange\" of the label)")
      }
    }
    bucket = definition.rate.map { rate in
      if let bucket = old?.bucket, bucket.rate == rate { bucket } else { TokenBucket(rate) }
    }
  }
}

/// Who may call, and as what.
struct Access: Sendable {
  var keys = APIKeys()
  /// By the key's name. A key that is no tenant's has the server's own settings.
  var tenants: [String: Tenant] = [:]
}

extension ServerSettings {
  /// The keys that are given, those of the file and those of the tenants, whose models are among these.
  func access(models: [LoadedModel], old: Access = Access()) throws -> Access {
    let definitions =
      try tenantsFile.map { path throws(ServerError) in
        try TenantDefinition.read(path: path)
      } ?? []
    var access = Access()
    access.keys = try allKeys(and: definitions.map { "\($0.name)=\($0.key)" })
    for definition in definitions {
      access.tenants[definition.name] = try Tenant(
        definition, models: models, old: old.tenants[definition.name])
    }
    return access
  }
}
