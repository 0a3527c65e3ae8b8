import Testing

@testable import Tensor

/// The kernels of CPUs that this one is not, held to the Swift kernels, bit for bit.
@Suite("Kernels of other CPUs give the bits of the Swift kernels")
struct EmulationTests {
  static let calls = KernelCalls.float + KernelCalls.int8

  /// Compiled once for all tests, by whichever comes first.
  static let neon = Result { try EmulatedCPU.neon.build() }
  static let x86 = EmulatedCPU.x86.map { cpu in Result { try cpu.build() } }

  private func check(_ calls: KernelCalls, on driver: Driver) throws {
    let calls = calls.calls
    guard case .replies(let replies) = try driver.run(calls) else {
      Issue.record("\(driver.cpu.name) does not run \(driver.cpu.set)")
      return
    }
    #expect(replies.count == calls.reduce(0) { $0 + $1.expected.count })
    var rest = replies[...]
    for call in calls {
      if let difference = call.difference(rest.prefix(call.expected.count)) {
        Issue.record("\(driver.cpu.name), \(call): \(difference)")
      }
      rest = rest.dropFirst(call.expected.count)
    }
  }

  @Suite(
    "NEON",
    .enabled(
      if: EmulatedCPU.runsNEON,
      "clang, aarch64-linux-gnu-gcc and qemu-aarch64 compile and run it"))
  struct NEONTests {
    @Test("under QEMU", arguments: EmulationTests.calls)
    func sameBits(_ calls: KernelCalls) throws {
      try EmulationTests().check(calls, on: EmulationTests.neon.get())
    }

    @Test("is not chosen by a CPU that lacks the dot product")
    func dispatch() throws {
      let driver = Driver(
        cpu: .oldNEON, folder: try EmulationTests.neon.get().folder)
      guard case .unsupported = try driver.run([]) else {
        Issue.record("\(driver.cpu.name) was given the kernels")
        return
      }
    }
  }

  @Suite(
    "AVX-512 and AMX, their intrinsics in plain C",
    .enabled(if: EmulatedCPU.runsX86, "clang and a CPU with AVX2 compile and run them"))
  struct X86Tests {
    @Test(arguments: EmulatedCPU.x86.indices, EmulationTests.calls)
    func sameBits(_ cpu: Int, _ calls: KernelCalls) throws {
      try EmulationTests().check(calls, on: EmulationTests.x86[cpu].get())
    }
  }
}
