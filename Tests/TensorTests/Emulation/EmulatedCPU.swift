import Foundation
import Testing

@testable import Tensor

/// A CPU that is not this one: the kernels compiled for it, behind the driver of `Tests/Emulation`, and
/// what runs them here.
struct EmulatedCPU: Sendable, CustomTestStringConvertible {
  let name: String
  let set: InstructionSet
  /// Below the package's folder.
  let sources: [String]
  let flags: [String]
  /// The program before the driver's, with its arguments; none: the driver runs as it is.
  let emulator: [String]

  var testDescription: String { name }

  static func arm(_ cpu: String, _ set: InstructionSet) -> EmulatedCPU {
    EmulatedCPU(
      name: "\(set) on \(cpu) under QEMU", set: set,
      sources: ["neon.c", "neoni8mm.c", "generic.c", "dispatch.c"].map { "Sources/CKernels/\($0)" },
      flags: ["--target=aarch64-linux-gnu", "-static"], emulator: ["qemu-aarch64", "-cpu", cpu])
  }

  /// AVX-512 and AMX kernels, their intrinsics in plain C, in instructions of AVX2.
  static let x86: [EmulatedCPU] = [.avx512vnni, .amx].map { set in
    EmulatedCPU(
      name: "\(set) in plain C", set: set,
      sources: ["Sources/CKernels/\(set).c", "Tests/Emulation/x86/dispatch.c"],
      flags: ["-I\(package)/Tests/Emulation/x86"], emulator: [])
  }

  /// Whether kernels for Arm can be compiled and run here.
  static let runsNEON = ["clang", "aarch64-linux-gnu-gcc", "qemu-aarch64"].allSatisfy {
    Tool.path($0) != nil
  }
  /// Whether kernels for x86 can be compiled and run here.
  static let runsX86 = InstructionSet.avx2.isSupported && Tool.path("clang") != nil

  private static let package: String = {
    var folder = URL(filePath: #filePath)
    for _ in 0..<4 { folder.deleteLastPathComponent() }
    return folder.path
  }()

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Compiles the driver with the kernels. As the library is compiled, and with every warning: another
  /// compiler than this one's may never see these files.
  func build() throws -> Driver {
    let folder = TemporaryFolder()
    let kernels = "\(Self.package)/Sources/CKernels"
    let options = [
      "-O2", "-Wall", "-Wextra", "-Werror", "-I\(kernels)", "-I\(kernels)/include", "-c",
    ]
    let files = sources + ["Tests/Emulation/driver.c"]
    // On all cores, since the tests of this CPU wait for it.
    let objects = try Processor().map(files.count) { index in
      let object = folder.path("\(index).o")
      try clang(options + ["\(Self.package)/\(files[index])", "-o", object])
      return object
    }
    try clang(objects + ["-o", folder.path("driver"), "-lm"])
    return Driver(cpu: self, folder: folder)
  }

  private func clang(_ arguments: [String]) throws {
    let result = try Tool.run("clang", flags + arguments)
    guard result.code == 0 else {
      throw Failure(description: "\(name): clang: \(result.errors)")
    }
  }
}

/// A driver that has been compiled.
struct Driver: Sendable {
  var cpu: EmulatedCPU
  let folder: TemporaryFolder

  /// What the calls have written, array after array; nil where the CPU is not given these kernels.
  func run(_ calls: [KernelCall]) throws -> [[UInt32]]? {
    let files = TemporaryFolder()
    var requests: [UInt32] = []
    for array in calls.flatMap(\.arrays) {
      requests.append(UInt32(array.count))
      requests += array
    }
    try unsafe requests.withUnsafeBytes { unsafe Data($0) }
      .write(to: URL(filePath: files.path("requests")))
    let command =
      cpu.emulator
      + [folder.path("driver"), cpu.set.rawValue, files.path("requests"), files.path("replies")]
    let result = try Tool.run(command[0], Array(command.dropFirst()))
    if result.code == 3 { return nil }
    guard result.code == 0 else {
      throw EmulatedCPU.Failure(
        description: "\(cpu.name) ended with \(result.code): \(result.errors)")
    }
    let reply = try Data(contentsOf: URL(filePath: files.path("replies")))
    let received = unsafe reply.withUnsafeBytes { unsafe [UInt32]($0.bindMemory(to: UInt32.self)) }
    var words = received[...]
    var replies: [[UInt32]] = []
    while let count = words.popFirst() {
      replies.append(Array(words.prefix(Int(count))))
      words = words.dropFirst(Int(count))
    }
    return replies
  }
}
