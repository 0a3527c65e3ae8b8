import JSON
import Platform
import Safetensors
import Tensor

/// Reads `head.json`, which says how the head is built, and `head.safetensors`, which holds the
/// numbers. Both must agree in every size, and every key and every tensor must be used.
struct HeadReader {
  /// One object of `head.json`.
  typealias Node = JSONReader<HeadError>

  let folder: URL
  let file: String
  let weights: CheckpointScope
  let kernels: Kernels
  /// The version of the format. Version 1 does not record which scores a combination reads of its
  /// members: it reads margins where they have them, as scikit-learn does.
  let version: Int

  /// Files of trees that have been read.
  private let treeFiles = FileNames()

  private final class FileNames {
    var names: Set<String> = []
  }

  static let format = "moderation-head"
  static let versions = 1...2
  /// Classes of a head: each text gets a score for each.
  static let mostClasses = 10_000

  static func read(_ folder: URL, _ kernels: Kernels) throws(HeadError) -> Head {
    let description = try Node(contentsOf: folder.appending(path: "head.json"))
    let checkpoint: Checkpoint
    do {
      checkpoint = try Checkpoint(contentsOf: folder.appending(path: "head.safetensors"))
    } catch {
      throw .weights(error)
    }
    let file = description.file
    let format = try description.string("format")
    guard format == Self.format else {
      throw .unsupported(file: file, what: "the format \"\(format)\"")
    }
    let version = try description.int("version")
    guard versions.contains(version) else {
      throw .unsupported(file: file, what: "version \(version) of the format")
    }
    let reader = HeadReader(
      folder: folder, file: file, weights: checkpoint.scope(), kernels: kernels, version: version)
    return try reader.head(description)
  }

  static func read(lightGBM url: URL) throws(HeadError) -> Head {
    let ensemble = try TreeEnsemble(parsing: Node.bytes(of: url), file: url.path)
    let labels: [ClassLabel] =
      ensemble.task == .value && ensemble.classCount == 1
      ? [.text("value")] : (0..<ensemble.classCount).map { .integer($0) }
    return Head(task: ensemble.task, classLabels: labels, model: ensemble)
  }

  private func head(_ description: Node) throws(HeadError) -> Head {
    let taskName = try description.string("task")
    guard let task = Head.Task(rawValue: taskName) else {
      throw unsupported("the task \"\(taskName)\"")
    }
    let labels = try labels(description)
    let inputSize = try description.int("input_size")
    let root = try model(try description.reader("model"), depth: 0)
    try description.end()
    guard root.inputSize == inputSize else {
      throw inconsistent("input_size is \(inputSize) but the model takes \(root.inputSize)")
    }
    guard root.classCount == labels.count else {
      throw inconsistent("\(labels.count) classes but the model has \(root.classCount)")
    }
    guard root.responses.contains(.probabilities) else {
      throw inconsistent("the model has margins but no probabilities")
    }
    let expected: Head.Task =
      root.isMultilabel ? .multilabel : root.classCount == 2 ? .binary : .multiclass
    guard task == expected else {
      throw inconsistent("the task is \(task.rawValue) but the model's is \(expected.rawValue)")
    }
    do {
      try weights.requireAllConsumed()
    } catch {
      throw .weights(error)
    }
    return Head(task: task, classLabels: labels, model: root)
  }

  private func labels(_ description: Node) throws(HeadError) -> [ClassLabel] {
    var labels: [ClassLabel] = []
    var names: Set<String> = []
    let classes = try description.array("classes")
    guard classes.count <= Self.mostClasses else {
      throw inconsistent("\(classes.count) classes; at most \(Self.mostClasses) are read")
    }
    for (index, value) in classes.enumerated() {
      let label: ClassLabel
      switch value {
      case .string(let text): label = .text(text)
      case .bool(let flag): label = .bool(flag)
      case .number(let number):
        label = Int(number.text).map(ClassLabel.integer) ?? .number(number.double)
      default:
        throw .json(
          file: file,
          .wrongKind(
            path: "classes[\(index)]", expected: "a number, text or a bool",
            found: value.kind.rawValue))
      }
      guard names.insert(label.description).inserted else {
        throw inconsistent("two classes have the same name, \"\(label)\"")
      }
      labels.append(label)
    }
    return labels
  }

  func trees(_ node: Node) throws(HeadError) -> any HeadModel {
    let name = try node.string("file")
    guard !name.isEmpty, !name.contains("/"), !name.contains("\\"), name != ".." else {
      throw inconsistent("\"\(name)\" is not the name of a file in the same folder")
    }
    guard treeFiles.names.insert(name).inserted else {
      throw inconsistent("two models are the file \(name)")
    }
    let url = folder.appending(path: name)
    let ensemble = try TreeEnsemble(parsing: Node.bytes(of: url), file: url.path)
    guard ensemble.task != .value else {
      throw inconsistent("\(name) has the objective \(ensemble.objective), which has no classes")
    }
    return ensemble
  }

  func unsupported(_ what: String) -> HeadError { .unsupported(file: file, what: what) }

  func inconsistent(_ reason: String) -> HeadError { .inconsistent(file: file, reason: reason) }
}
