import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

/// Feeds the readers with damaged files; see README.md.
@main
struct Fuzz {
  var seconds = 60.0
  /// The most inputs of a target.
  var inputs = Int.max
  var seed: UInt64 = 1
  var target: String?
  var replay: String?

  static func main() throws {
    var fuzz = Fuzz()
    var arguments = CommandLine.arguments.dropFirst()
    while let option = arguments.popFirst() {
      guard let value = arguments.popFirst() else {
        throw Failure(description: "\(option) needs a value")
      }
      switch option {
      case "--seconds": fuzz.seconds = Double(value) ?? fuzz.seconds
      case "--inputs": fuzz.inputs = Int(value) ?? fuzz.inputs
      case "--seed": fuzz.seed = UInt64(value) ?? fuzz.seed
      case "--target": fuzz.target = value
      case "--replay": fuzz.replay = value
      default: throw Failure(description: "unknown option \(option)")
      }
    }
    try fuzz.run()
  }

  func run() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let scratch = FileManager.default.temporaryDirectory.appending(path: "fuzz-\(getpid())")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }

    // An allocation that a file has no right to ask for is a crash, not a slow machine.
    var limit = rlimit(rlim_cur: 4 << 30, rlim_max: 4 << 30)
    #if canImport(Glibc)
      unsafe setrlimit(__rlimit_resource_t(UInt32(RLIMIT_AS.rawValue)), &limit)
    #endif

    let targets = try Targets.all(root: root, scratch: scratch)
      .filter { target == nil || $0.name == target }
    guard !targets.isEmpty else { throw Failure(description: "no target \(target ?? "")") }
    if let replay {
      let bytes = try Self.input(URL(filePath: replay))
      for target in targets { print(target.name, target.run(bytes)) }
      return
    }
    var total = 0
    for target in targets { total += run(target, seconds: seconds / Double(targets.count)) }
    print("\(total) inputs, no crash")
    unsafe unlink(Self.inputName)
  }

  /// Runs one target for so long; returns the number of inputs.
  private func run(_ target: Target, seconds: Double) -> Int {
    var mutator = Mutator(generator: Generator(seed: seed))
    var corpus = target.corpus
    var answers: [String: Int] = [:]
    for input in corpus { answers[execute(target, input, number: 0), default: 0] += 1 }
    let accepted = answers["accepted"] ?? 0
    let start = ContinuousClock.now
    var count = 0
    while count < inputs, count % 64 != 0 || ContinuousClock.now - start < .seconds(seconds) {
      // Late additions are as likely as all the rest: they have come the furthest.
      let isNew = mutator.generator.below(2) == 0 && corpus.count > target.corpus.count
      let place =
        isNew
        ? corpus.count - 1 - mutator.generator.below(min(50, corpus.count - target.corpus.count))
        : mutator.generator.below(corpus.count)
      var input = mutator.mutate(corpus[place], corpus: corpus)
      if mutator.generator.below(2) == 0 { input = target.mend(input) }
      let answer = execute(target, input, number: count)
      if answers[answer] == nil, corpus.count < 5000 { corpus.append(input) }
      answers[answer, default: 0] += 1
      count += 1
    }
    alarm(0)
    let good = (answers["accepted"] ?? 0) - accepted
    print(
      "\(target.name): \(count) inputs in \(ContinuousClock.now - start), \(good) accepted,",
      "\(answers.count) kinds of answer, \(accepted) of \(target.corpus.count) seeds whole")
    return count
  }

  private static let inputName = "fuzz-input.bin"
  /// The input at work, in memory that outlives the process: its length in 8 bytes, then its bytes.
  private nonisolated(unsafe) static let current: UnsafeMutableRawPointer = {
    let size = 8 + Mutator.largestInput
    let descriptor = unsafe open(inputName, O_RDWR | O_CREAT | O_TRUNC, 0o644)
    guard descriptor >= 0, ftruncate(descriptor, off_t(size)) == 0,
      let memory = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
      unsafe memory != MAP_FAILED
    else { fatalError("\(inputName) cannot be written") }
    return unsafe memory
  }()

  /// The input that a crash or a hang has left.
  private static func input(_ url: URL) throws -> [UInt8] {
    let bytes = [UInt8](try Data(contentsOf: url))
    let length = bytes.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    return Array(bytes.dropFirst(8).prefix(length))
  }

  private func execute(_ target: Target, _ input: [UInt8], number: Int) -> String {
    let count = min(input.count, Mutator.largestInput)
    unsafe Self.current.storeBytes(of: UInt64(count).littleEndian, as: UInt64.self)
    unsafe input.withUnsafeBytes { bytes in
      if let start = bytes.baseAddress {
        unsafe (Self.current + 8).copyMemory(from: start, byteCount: count)
      }
    }
    // A clock for each input would cost more than most inputs do.
    if number % 256 == 0 { alarm(20) }
    return target.run(input)
  }
}
