import JSON
import Platform

/// Reads `….safetensors.index.json` or `pytorch_model.bin.index.json`: `weight_map` says which file holds each tensor.
enum ShardIndex {
  static func read(
    _ url: URL
  ) throws(SafetensorsError) -> (shards: [String: String], metadata: [String: String]) {
    let file = url.path
    let bytes: [UInt8]
    do { bytes = try FileContent.bytes(of: url) } catch {
      throw .cannotRead(file: file, reason: error.reason)
    }
    var shards: [String: String] = [:]
    var metadata: [String: String] = [:]
    do {
      let index = try JSONValue(parsing: bytes)
      for (name, value) in try index.object("weight_map") {
        let shard: String
        do {
          shard = try value.string()
        } catch {
          throw SafetensorsError.invalidIndex(
            file: file, error.within(name).within("weight_map"))
        }
        guard isPlainName(shard) else {
          throw SafetensorsError.invalidShardName(file: file, tensor: name, shard: shard)
        }
        guard shards.updateValue(shard, forKey: name) == nil else {
          throw SafetensorsError.invalidEntry(
            file: file, tensor: name, reason: "another name differs only in its Unicode spelling")
        }
      }
      for (key, value) in try index.optionalObject("metadata") ?? JSONObject() {
        metadata[key] =
          (try? value.string()) ?? String(decoding: value.encoded(), as: UTF8.self)
      }
    } catch let error as SafetensorsError {
      throw error
    } catch let error as JSONError {
      throw .invalidIndex(file: file, error)
    } catch {
      throw .cannotRead(file: file, reason: "\(error)")
    }
    return (shards, metadata)
  }

  /// A shard lies beside its index: a path that leads elsewhere is not followed.
  private static func isPlainName(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".."
      && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") || $0 == 0 }
  }
}

/// Finds the file to open for what the caller named.
enum CheckpointLocator {
  static func file(for url: URL) throws(SafetensorsError) -> URL {
    let manager = FileManager.default
    var isFolder = false
    guard manager.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw .cannotRead(
        file: url.path, reason: "no such file or folder" + FileContent.nearMiss(of: url))
    }
    guard isFolder else { return url }

    let files: [String]
    do {
      files = try manager.contentsOfDirectory(atPath: url.path).sorted()
    } catch {
      throw .cannotRead(file: url.path, reason: "\(error)")
    }
    for name in ["model.safetensors", "model.safetensors.index.json"] where files.contains(name) {
      return url.appendingPathComponent(name)
    }
    for suffix in [".safetensors.index.json", ".safetensors"] {
      let found = files.filter { $0.hasSuffix(suffix) }
      if found.count == 1 { return url.appendingPathComponent(found[0]) }
      if found.count > 1 {
        throw .noCheckpoint(
          folder: url.path, reason: "several checkpoints: \(found.joined(separator: ", "))")
      }
    }
    for name in ["pytorch_model.bin", "pytorch_model.bin.index.json"] where files.contains(name) {
      return url.appendingPathComponent(name)
    }
    throw .noCheckpoint(folder: url.path, reason: "no safetensors file" + hint(files))
  }

  /// The file in a folder without a checkpoint that may have been meant, and what to do about it.
  private static func hint(_ files: [String]) -> String {
    if let name = files.first(where: {
      $0.contains(".safetensors") || $0.hasPrefix("pytorch_model")
    }) {
      return [".incomplete", ".part", ".crdownload", ".download"].contains(where: name.hasSuffix)
        ? "; the download of \(name) did not finish"
        : "; \(name) may be one under another name: rename it to model.safetensors"
    }
    for (suffixes, remedy) in remedies {
      if let name = files.first(where: { suffixes.contains(where: $0.hasSuffix) }) {
        return "; \(name) is of another format: \(remedy)"
      }
    }
    return ""
  }

  private static let saving = "and save it with save_pretrained, which writes model.safetensors"
  private static let remedies: [(suffixes: [String], remedy: String)] = [
    ([".h5"], "load it with transformers, from_tf=True, \(saving)"),
    ([".msgpack"], "load it with transformers, from_flax=True, \(saving)"),
    (
      [".bin", ".pt", ".pth", ".ckpt"],
      "load it with the program that wrote it, \(saving)"
    ),
    ([".onnx", ".gguf"], "take the weights that it was made from"),
  ]
}
