import JSON
import Platform

/// A tenant as the file of `--tenants` has it.
struct TenantDefinition: Sendable, Equatable {
  var name: String
  var key: String
  /// The only model that the tenant is answered by; nil: any, by the request's choice.
  var model: String?
  /// By the label's name.
  var thresholds: [String: Double] = [:]
  var rate: Rate?

  /// Reads `{"tenants": [{"name", "key", "model"?, "thresholds"?: {label: number}, "rate"?: {"perSecond",
  /// "burst"?}}]}`.
  ///
  /// - Throws: ``ServerError/setting(name:reason:)`` with the file, the place and what is wrong there
  static func read(path: String) throws(ServerError) -> [TenantDefinition] {
    let json: JSONValue
    do {
      json = try JSONValue(parsing: [UInt8](try Data(contentsOf: URL(filePath: path))))
    } catch let error as JSONError {
      throw .setting(name: "tenants", reason: "\(path): \(error.description)")
    } catch {
      throw .setting(name: "tenants", reason: "\(path) cannot be read")
    }
    do throws(JSONError) {
      try json.allow("tenants")
      var tenants: [TenantDefinition] = []
      for (index, entry) in try json.array("tenants").enumerated() {
        let place = "tenants[\(index)]"
        let tenant: TenantDefinition
        do { tenant = try TenantDefinition(entry) } catch { throw error.within(place) }
        if tenants.contains(where: { $0.key == tenant.key }) {
          throw .invalid(path: place + ".key", reason: "is another tenant's")
        }
        tenants.append(tenant)
      }
      return tenants
    } catch {
      throw .setting(name: "tenants", reason: "\(path): \(error.description)")
    }
  }

  init(_ json: JSONValue) throws(JSONError) {
    try json.allow("name", "key", "model", "thresholds", "rate")
    name = try json.string("name")
    key = try json.string("key")
    for (member, text) in [("name", name), ("key", key)] {
      let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
      guard !text.isEmpty, isPlain, member == "key" || !text.contains(where: { "=#".contains($0) })
      else {
        throw .invalid(path: member, reason: "must be letters, digits and signs without spaces")
      }
    }
    model = try json.optionalString("model")
    for (label, value) in try json.optionalObject("thresholds") ?? JSONObject() {
      do { thresholds[label] = try value.double() } catch {
        throw error.within("thresholds.\(label)")
      }
    }
    guard thresholds.isEmpty || model != nil else {
      throw .invalid(path: "thresholds", reason: "need a \"model\", whose labels they are for")
    }
    if let rate = try json.optionalObject("rate") {
      do { self.rate = try Rate(.object(rate)) } catch { throw error.within("rate") }
    }
  }
}

extension Rate {
  fileprivate init(_ json: JSONValue) throws(JSONError) {
    try json.allow("perSecond", "burst")
    perSecond = try json.double("perSecond")
    guard perSecond > 0 else { throw .invalid(path: "perSecond", reason: "must be above 0") }
    burst = try json.optionalDouble("burst") ?? max(1, perSecond)
    guard burst >= 1 else { throw .invalid(path: "burst", reason: "must be at least 1") }
  }
}

extension JSONValue {
  /// Refuses members that nothing reads, so that a misspelt one cannot pass unseen.
  func allow(_ keys: String...) throws(JSONError) {
    for key in try object().keys where !keys.contains(key) { throw .unknownKey(path: key) }
  }
}
