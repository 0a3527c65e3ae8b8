import CFuzzer
import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

/// Feeds one reader with damaged files, as libFuzzer chooses them; see README.md.
///
///     Fuzz                          lists the targets
///     Fuzz TARGET --seeds FOLDER    writes the inputs to begin with
///     Fuzz TARGET OPTIONS…          runs; the options are libFuzzer's
@main
struct Fuzz {
  /// The reader that the process feeds. Set before the first input.
  nonisolated(unsafe) static var target: Target?

  static func main() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    var arguments = CommandLine.arguments
    guard arguments.count > 1 else {
      print(Targets.all.map(\.name).joined(separator: "\n"))
      return
    }
    // libFuzzer runs the program again when it merges, with its own options alone.
    if let name = unsafe getenv("FUZZ_TARGET"), arguments[1].hasPrefix("-") {
      unsafe arguments.insert(String(cString: name), at: 1)
    }
    unsafe setenv("FUZZ_TARGET", arguments[1], 1)
    guard let found = Targets.all.first(where: { $0.name == arguments[1] }) else {
      throw Failure(description: "no target \(arguments[1])")
    }
    let scratch = FileManager.default.temporaryDirectory.appending(path: "fuzz-\(getpid())")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    let target = try found.make(Materials(root: root, scratch: scratch))
    if arguments.count == 4, arguments[2] == "--seeds" {
      for (index, seed) in target.seeds.enumerated() {
        try Data(seed).write(to: URL(filePath: arguments[3]).appending(path: "seed-\(index)"))
      }
      try FileManager.default.removeItem(at: scratch)
      return
    }
    unsafe Self.target = target

    // An allocation that a file has no right to ask for is a crash, not a slow machine.
    var limit = rlimit(rlim_cur: 4 << 30, rlim_max: 4 << 30)
    #if canImport(Glibc)
      unsafe setrlimit(__rlimit_resource_t(UInt32(RLIMIT_AS.rawValue)), &limit)
    #endif
    var options = unsafe ([arguments[0]] + arguments.dropFirst(2)).map { unsafe strdup($0) }
    unsafe options.append(nil)
    var count = Int32(arguments.count - 1)
    let code = unsafe options.withUnsafeMutableBufferPointer { buffer in
      var start = unsafe buffer.baseAddress
      return unsafe LLVMFuzzerRunDriver(&count, &start) { data, size in
        let bytes = unsafe [UInt8](UnsafeBufferPointer(start: data, count: size))
        unsafe Fuzz.target?.run(bytes)
        return 0
      }
    }
    try? FileManager.default.removeItem(at: scratch)
    exit(code)
  }
}

/// Half of the changes are libFuzzer's own, half know what the input is made of.
@_cdecl("LLVMFuzzerCustomMutator")
func mutate(
  _ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ limit: Int, _ seed: UInt32
) -> Int {
  guard let target = unsafe Fuzz.target else { return size }
  var mutator = Mutator(generator: Generator(seed: UInt64(seed)))
  let isStructural = mutator.generator.below(2) == 0
  let newSize = isStructural ? size : unsafe LLVMFuzzerMutate(data, size, limit)
  var bytes = unsafe [UInt8](UnsafeBufferPointer(start: data, count: newSize))
  if isStructural { bytes = mutator.mutate(bytes, corpus: target.seeds) }
  // A change that a checksum or a length would give away at the door is mended half of the time.
  if mutator.generator.below(2) == 0 { bytes = target.mend(bytes) }
  let count = min(bytes.count, limit)
  for index in 0..<count { unsafe data[index] = bytes[index] }
  return count
}
