internal import JSON
internal import Platform

/// A JSON file of a model's folder, with errors that name it.
struct ConfigurationFile {
  let path: String
  let value: JSONValue

  init(_ url: URL) throws(TransformerError) {
    path = url.path
    let data: Data
    do { data = try Data(contentsOf: url) } catch {
      throw .unreadable(file: path, reason: "not there, or not readable")
    }
    do { value = try JSONValue(parsing: [UInt8](data)) } catch {
      throw .malformed(file: path, error)
    }
  }

  init(path: String, value: JSONValue) {
    self.path = path
    self.value = value
  }

  /// The file, or nil where there is none.
  static func ifPresent(_ url: URL) throws(TransformerError) -> ConfigurationFile? {
    FileManager.default.fileExists(atPath: url.path) ? try ConfigurationFile(url) : nil
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
