import JSON
package import Platform

/// The tensors of a model: one file, or several with an index; safetensors, or `pytorch_model.bin`.
///
/// Opening reads the headers only. The data is mapped, read-only and shared: pages come in on first
/// use, and processes that open the same file share them.
package struct Checkpoint: Sendable {
  /// The file or index that was opened.
  package let path: String
  /// In the order of the data, shard by shard.
  package let names: [String]
  /// Of the file, or of the index (its values as text).
  package let metadata: [String: String]
  private let storages: [FileStorage]
  private let tensors: [String: StoredTensor]
  /// Changes tensors as they are read.
  private var replacement: Replacement?

  /// What a tensor becomes when it is read.
  package typealias Replacement =
    @Sendable (StoredTensor) throws(SafetensorsError) -> StoredTensor

  /// Opens a `.safetensors` file, a `pytorch_model.bin`, an index of several, or a folder with one of
  /// them.
  ///
  /// In a folder `model.safetensors` comes first, then `model.safetensors.index.json`, then the only
  /// other index or safetensors file there is, then `pytorch_model.bin` and its index.
  package init(contentsOf url: URL) throws(SafetensorsError) {
    let file = try CheckpointLocator.file(for: url)
    if file.path.hasSuffix(".json") {
      try self.init(index: file)
    } else {
      let shard = try Shard(FileStorage(mapping: file.path))
      self.init(file.path, [shard], shard.metadata)
    }
  }

  /// Reads a file that is in memory; `name` stands for it in errors.
  package init(bytes: [UInt8], name: String = "safetensors") throws(SafetensorsError) {
    let shard = try Shard(FileStorage(copying: bytes, name: name))
    self.init(name, [shard], shard.metadata)
  }

  private init(index: URL) throws(SafetensorsError) {
    let (listed, metadata) = try ShardIndex.read(index)
    let folder = index.deletingLastPathComponent()
    var shards: [Shard] = []
    let tensors = Dictionary(grouping: listed.keys) { listed[$0] ?? "" }
    for (name, wanted) in tensors.sorted(by: { $0.key < $1.key }) {
      let shard = try Shard(FileStorage(mapping: folder.appendingPathComponent(name).path))
      for tensor in shard.tensors {
        guard let place = listed[tensor.name] else {
          throw .notListed(tensor: tensor.name, shard: name)
        }
        guard place == name else {
          throw .wrongShard(tensor: tensor.name, listed: place, found: name)
        }
      }
      let present = Set(shard.tensors.map(\.name))
      if let missing = wanted.sorted().first(where: { !present.contains($0) }) {
        throw .notInShard(tensor: missing, shard: name)
      }
      shards.append(shard)
    }
    self.init(index.path, shards, metadata)
  }

  private init(_ path: String, _ shards: [Shard], _ metadata: [String: String]) {
    self.path = path
    self.metadata = metadata
    storages = shards.map(\.storage)
    names = shards.flatMap { $0.tensors.map(\.name) }
    var tensors: [String: StoredTensor] = [:]
    for tensor in shards.flatMap(\.tensors) { tensors[tensor.name] = tensor }
    self.tensors = tensors
  }

  /// The same checkpoint with tensors beside its own, which take the place of those of the same name,
  /// and with a change to tensors as they are read.
  package func overlaid(
    with added: [StoredTensor], _ replacement: @escaping Replacement
  ) -> Checkpoint {
    Checkpoint(self, added, replacement)
  }

  private init(_ base: Checkpoint, _ added: [StoredTensor], _ replacement: @escaping Replacement) {
    path = base.path
    metadata = base.metadata
    storages = base.storages
    let fresh = added.filter { !base.contains($0.name) }
    names = base.names + fresh.map(\.name)
    tensors = base.tensors.merging(added.map { ($0.name, $0) }) { $1 }
    self.replacement = replacement
  }

  package func contains(_ name: String) -> Bool { tensors[name] != nil }

  /// The tensor of that name, its data unread.
  package func tensor(named name: String) throws(SafetensorsError) -> StoredTensor {
    guard let tensor = tensors[name] else { throw .missing(tensor: name, file: path) }
    return if let replacement { try replacement(tensor) } else { tensor }
  }

  /// The size of all files in bytes.
  package var byteCount: Int { storages.reduce(0) { $0 + $1.count } }

  /// Tells the kernel how the pages of all files will be used.
  package func advise(_ advice: PageAdvice) {
    for storage in storages { storage.advise(advice, 0..<storage.count) }
  }
}

/// One file of a checkpoint, of either format.
private struct Shard {
  let storage: FileStorage
  let tensors: [StoredTensor]
  let metadata: [String: String]

  init(_ storage: FileStorage) throws(SafetensorsError) {
    self.storage = storage
    if PyTorchArchive.isOne(storage) {
      tensors = try PyTorchArchive(of: storage).tensors
      metadata = [:]
    } else {
      let header = try SafetensorsHeader(of: storage)
      tensors = header.entries.map { StoredTensor($0, in: storage) }
      metadata = header.metadata
    }
  }
}
