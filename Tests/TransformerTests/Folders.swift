import JSON
import TestSupport

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A copy of a reference model with some files exchanged; nil takes a file away.
func changed(_ model: String, _ files: [String: String?]) throws -> TemporaryFolder {
  let folder = try TemporaryFolder()
  let source = Checkout.models.appending(path: model)
  for name in try FileManager.default.contentsOfDirectory(atPath: source.path) {
    if case .some = files[name] { continue }
    try folder.copy(source.appending(path: name), to: name)
  }
  for (name, content) in files {
    if let content { try folder.write(content, to: name) }
  }
  return folder
}

/// A configuration of a reference model with some keys exchanged; `null` takes a key away.
func configuration(
  _ model: String, _ changes: [String: JSONValue]
) throws -> String {
  let url = Checkout.models.appending(path: "\(model)/config.json")
  guard case .object(var object) = try JSONValue(parsing: [UInt8](Data(contentsOf: url))) else {
    return ""
  }
  for (key, value) in changes { object[key] = value == .null ? nil : value }
  return String(decoding: JSONValue.object(object).encoded(), as: UTF8.self)
}

/// The message of an error, `no error` where there is none.
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch { return "\(error)" }
}
