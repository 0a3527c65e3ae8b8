import Testing

@testable import Tensor

/// The kernels of CPUs that this one is not, held to the Swift kernels, bit for bit.
@Suite("Kernels of other CPUs give the bits of the Swift kernels")
struct EmulationTests {
  static let calls = KernelCalls.float + KernelCalls.int8

  /// Compiled once for all tests, by whichever comes first.
  private static let neon = Result { try EmulatedCPU.arm("max", .neon).build() }
  private static let x86 = Processor().map(EmulatedCPU.x86.count) { index in
    Result { try EmulatedCPU.x86[index].build() }
  }

  private static func neon(_ set: InstructionSet, on cpu: String = "max") throws -> Driver {
    var driver = try neon.get()
    driver.cpu = .arm(cpu, set)
    return driver
  }

  private func check(_ calls: KernelCalls, on driver: Driver) throws {
    let calls = calls.calls
    guard let replies = try driver.run(calls) else {
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
    @Test("under QEMU", arguments: [InstructionSet.neon, .neoni8mm], EmulationTests.calls)
    func sameBits(_ set: InstructionSet, _ calls: KernelCalls) throws {
      try EmulationTests().check(calls, on: EmulationTests.neon(set))
    }

    @Test(arguments: EmulationTests.calls)
    func `a CPU without dot products runs the generic kernels`(_ calls: KernelCalls) throws {
      try EmulationTests().check(calls, on: EmulationTests.neon(.generic, on: "cortex-a53"))
    }

    @Test(
      "a CPU is given the kernels that it can run",
      arguments: [("cortex-a53", false, false), ("neoverse-n1", true, false), ("max", true, true)])
    func dispatch(_ cpu: String, _ hasDotProduct: Bool, _ hasMatrices: Bool) throws {
      for (set, expected) in [(InstructionSet.neon, hasDotProduct), (.neoni8mm, hasMatrices)] {
        let isSupported = try EmulationTests.neon(set, on: cpu).run([]) != nil
        #expect(isSupported == expected, "\(set) on \(cpu)")
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
