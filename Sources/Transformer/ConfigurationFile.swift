internal import JSON
internal import Platform

/// A JSON file of a model's folder, with errors that name it.
struct ConfigurationFile {
  let path: String
  let value: JSONValue

  init(_ url: URL) throws(TransformerError) {
    path = url.path
    let bytes: [UInt8]
    do { bytes = try FileContent.bytes(of: url) } catch {
      throw .unreadable(file: path, reason: error.reason)
    }
    if let content = FileContent.misplaced(bytes) {
      throw .unreadable(file: path, reason: "it holds \(content)")
    }
    do { value = try JSONValue(parsing: bytes) } catch { throw .malformed(file: path, error) }
  }

  init(path: String, value: JSONValue) {
    self.path = path
    self.value = value
  }

  /// The file, or nil where there is none.
  static func ifPresent(_ url: URL) throws(TransformerError) -> ConfigurationFile? {
    FileContent.exists(url) ? try ConfigurationFile(url) : nil
  }

  /// What `body` reads, its errors naming this file.
  func read<Value>(_ body: (JSONValue) throws(JSONError) -> Value) throws(TransformerError) -> Value
  {
    do { return try body(value) } catch { throw .malformed(file: path, error) }
  }

  func unsupported(_ key: String, _ value: String) -> TransformerError {
    .unsupported(file: path, key: key, value: value)
  }
}
