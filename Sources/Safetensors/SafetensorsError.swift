public import JSON

/// An error in a checkpoint's files, or in a request for one of its tensors.
public enum SafetensorsError: Error, Sendable, Equatable, CustomStringConvertible {
  // The file as a whole.
  case cannotRead(file: String, reason: String)
  /// A folder without a checkpoint, or with several.
  case noCheckpoint(folder: String, reason: String)
  /// Shorter than the 8 bytes that hold the header's length.
  case tooSmall(file: String, bytes: Int)
  case headerTooLarge(file: String, length: UInt64, limit: Int)
  case headerBeyondEnd(file: String, length: Int, fileSize: Int)
  /// The header is not the JSON it should be.
  case invalidHeader(file: String, JSONError)

  // One tensor in the header.
  case invalidEntry(file: String, tensor: String, reason: String)
  case unknownElementType(file: String, tensor: String, type: String)
  case invalidShape(file: String, tensor: String, shape: [Int], type: ElementType)
  /// The tensor should end so many bytes behind the end of the file.
  case cutOff(file: String, tensor: String, missing: Int)
  /// The offsets run backwards or leave the data.
  case invalidOffsets(file: String, tensor: String, begin: Int, end: Int, dataSize: Int)
  /// Shape and type need another number of bytes than the offsets span.
  case sizeMismatch(file: String, tensor: String, expected: Int, found: Int)
  case overlap(file: String, tensor: String, with: String)
  case hole(file: String, before: String, bytes: Int)
  /// Bytes behind the last tensor.
  case trailingBytes(file: String, bytes: Int)

  // A `pytorch_model.bin`.
  /// The zip file around the tensors is not one that PyTorch writes.
  case invalidArchive(file: String, reason: String)
  /// The pickle asks for more than tensors, or is damaged.
  case invalidPickle(file: String, reason: String)

  // Shards.
  case invalidIndex(file: String, JSONError)
  case invalidShardName(file: String, tensor: String, shard: String)
  case notInShard(tensor: String, shard: String)
  case wrongShard(tensor: String, listed: String, found: String)
  case notListed(tensor: String, shard: String)

  // Binding.
  case missing(tensor: String, file: String)
  case shapeMismatch(tensor: String, expected: [Int], found: [Int])
  case typeMismatch(tensor: String, expected: String, found: ElementType)
  case outOfRange(tensor: String, value: UInt64)
  case unconsumed(tensors: [String], file: String)

  // Writing.
  case cannotWrite(file: String, reason: String)
  /// The writer was given other tensors than it was told.
  case writerMisuse(file: String, reason: String)

  public var description: String {
    switch self {
    case .cannotRead(let file, let reason): "\(file): cannot be read: \(reason)"
    case .noCheckpoint(let folder, let reason): "\(folder): \(reason)"
    case .tooSmall(let file, let bytes):
      "\(file): \(bytes) bytes are too few for a safetensors file: it has been cut off"
    case .headerTooLarge(let file, let length, let limit):
      "\(file): a header of \(length) bytes; at most \(limit) are read"
    case .headerBeyondEnd(let file, let length, let size):
      "\(file): it has been cut off: the header should have \(length) bytes but the file has only \(size)"
    case .cutOff(let file, let tensor, let missing):
      "\(file): it has been cut off: tensor \(tensor) lacks \(missing) bytes"
    case .invalidHeader(let file, let error): "\(file): header: \(error)"
    case .invalidEntry(let file, let tensor, let reason): "\(file): tensor \(tensor): \(reason)"
    case .unknownElementType(let file, let tensor, let type):
      "\(file): tensor \(tensor): unknown dtype \(type)"
    case .invalidShape(let file, let tensor, let shape, let type):
      "\(file): tensor \(tensor): no tensor of \(type) can have the shape \(shape)"
    case .invalidOffsets(let file, let tensor, let begin, let end, let size):
      "\(file): tensor \(tensor): offsets \(begin) to \(end) are not within the data of \(size) bytes"
    case .sizeMismatch(let file, let tensor, let expected, let found):
      "\(file): tensor \(tensor): dtype and shape need \(expected) bytes but the offsets span \(found)"
    case .overlap(let file, let tensor, let other):
      "\(file): tensor \(tensor) overlaps tensor \(other)"
    case .hole(let file, let tensor, let bytes):
      "\(file): \(bytes) unused bytes before tensor \(tensor)"
    case .trailingBytes(let file, let bytes): "\(file): \(bytes) unused bytes at the end"
    case .invalidArchive(let file, let reason): "\(file): \(reason)"
    case .invalidPickle(let file, let reason): "\(file): \(reason)"
    case .invalidIndex(let file, let error): "\(file): \(error)"
    case .invalidShardName(let file, let tensor, let shard):
      "\(file): weight_map.\(tensor): \"\(shard)\" is not the name of a file in the same folder"
    case .notInShard(let tensor, let shard):
      "tensor \(tensor) is not in \(shard), where the index says it is"
    case .wrongShard(let tensor, let listed, let found):
      "tensor \(tensor) is in \(found), but the index says \(listed)"
    case .notListed(let tensor, let shard): "tensor \(tensor) of \(shard) is not in the index"
    case .missing(let tensor, let file): "tensor \(tensor) is missing in \(file)"
    case .shapeMismatch(let tensor, let expected, let found):
      "tensor \(tensor) should have the shape \(expected) but has \(found)"
    case .typeMismatch(let tensor, let expected, let found):
      "tensor \(tensor) should be \(expected) but is \(found)"
    case .outOfRange(let tensor, let value): "tensor \(tensor): \(value) does not fit into Int64"
    case .unconsumed(let tensors, let file):
      "\(file): \(tensors.count) tensors are not part of this model: "
        + tensors.prefix(8).joined(separator: ", ") + (tensors.count > 8 ? ", …" : "")
    case .cannotWrite(let file, let reason): "\(file): cannot be written: \(reason)"
    case .writerMisuse(let file, let reason): "\(file): \(reason)"
    }
  }
}
