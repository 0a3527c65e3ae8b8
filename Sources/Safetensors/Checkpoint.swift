import JSON

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// The tensors of a model: one safetensors file, or several with an index.
///
/// Opening reads the headers only. The data is mapped, read-only and shared: pages come in on first
/// use, and processes that open the same file share them.
public struct Checkpoint: Sendable {
  /// What was opened.
  public let path: String
  /// In the order of the data, shard by shard.
  public let names: [String]
  /// Of the file, or of the index (its values as text).
  public let metadata: [String: String]
  private let storages: [FileStorage]
  private let tensors: [String: StoredTensor]

  /// Opens a `.safetensors` file, a `.safetensors.index.json`, or a folder with either.
  ///
  /// In a folder `model.safetensors` comes first, then `model.safetensors.index.json`, then the only
  /// other index or safetensors file there is.
  public init(contentsOf url: URL) throws(SafetensorsError) {
    let file = try CheckpointLocator.file(for: url)
    if file.path.hasSuffix(".json") {
      try self.init(index: file)
    } else {
      let storage = try FileStorage(mapping: file.path)
      let header = try SafetensorsHeader(of: storage)
      self.init(file.path, [(storage, header)], header.metadata)
    }
  }

  /// Reads a safetensors file that is in memory; `name` stands for the file in errors.
  public init(bytes: [UInt8], name: String = "safetensors") throws(SafetensorsError) {
    let storage = FileStorage(copying: bytes, name: name)
    let header = try SafetensorsHeader(of: storage)
    self.init(name, [(storage, header)], header.metadata)
  }

  private init(index: URL) throws(SafetensorsError) {
    let (listed, metadata) = try ShardIndex.read(index)
    let folder = index.deletingLastPathComponent()
    var files: [(FileStorage, SafetensorsHeader)] = []
    for shard in Set(listed.values).sorted() {
      let storage = try FileStorage(mapping: folder.appendingPathComponent(shard).path)
      let header = try SafetensorsHeader(of: storage)
      for entry in header.entries {
        guard let place = listed[entry.name] else {
          throw .notListed(tensor: entry.name, shard: shard)
        }
        guard place == shard else {
          throw .wrongShard(tensor: entry.name, listed: place, found: shard)
        }
      }
      let present = Set(header.entries.map(\.name))
      for (name, place) in listed.sorted(by: { $0.key < $1.key }) where place == shard {
        guard present.contains(name) else { throw .notInShard(tensor: name, shard: shard) }
      }
      files.append((storage, header))
    }
    self.init(index.path, files, metadata)
  }

  private init(
    _ path: String, _ files: [(FileStorage, SafetensorsHeader)], _ metadata: [String: String]
  ) {
    self.path = path
    self.metadata = metadata
    storages = files.map(\.0)
    names = files.flatMap { $0.1.entries.map(\.name) }
    var tensors: [String: StoredTensor] = [:]
    for (storage, header) in files {
      for entry in header.entries {
        tensors[entry.name] = StoredTensor(entry, in: storage)
      }
    }
    self.tensors = tensors
  }

  public func contains(_ name: String) -> Bool { tensors[name] != nil }

  /// The tensor of that name, its data unread.
  public func tensor(named name: String) throws(SafetensorsError) -> StoredTensor {
    guard let tensor = tensors[name] else { throw .missing(tensor: name, file: path) }
    return tensor
  }

  /// The size of all files in bytes.
  public var byteCount: Int { storages.reduce(0) { $0 + $1.count } }

  /// Tells the kernel how the pages of all files will be used.
  public func advise(_ advice: PageAdvice) {
    for storage in storages { storage.advise(advice, 0..<storage.count) }
  }
}
