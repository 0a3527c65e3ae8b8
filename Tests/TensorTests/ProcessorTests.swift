import Synchronization
import Testing

@testable import Tensor

@Suite struct ProcessorTests {
  private struct Refusal: Error, Equatable {
    let index: Int
  }

  @Test(arguments: [1, 2, 3])
  func `results come in the order of their indices`(threads: Int) {
    let processor = Processor(instructionSet: .swift, threads: threads)
    #expect(processor.map(100) { $0 * $0 } == (0..<100).map { $0 * $0 })
    #expect(processor.map(0) { $0 }.isEmpty)
  }

  @Test(arguments: [1, 2])
  func `the error thrown is that of the first index which has one`(threads: Int) {
    let processor = Processor(instructionSet: .swift, threads: threads)
    #expect(throws: Refusal(index: 7)) {
      try processor.map(50) { (index) throws(Refusal) in
        if index % 7 == 0, index > 0 { throw Refusal(index: index) }
        return index
      }
    }
  }

  @Test
  func `two threads compute at the same time`() {
    let processor = Processor(instructionSet: .swift, threads: 2)
    let arrived = Atomic(0)
    let met = processor.map(2) { _ in
      arrived.add(1, ordering: .sequentiallyConsistent)
      let end = ContinuousClock.now + .seconds(30)
      while arrived.load(ordering: .sequentiallyConsistent) < 2 {
        guard ContinuousClock.now < end else { return false }
      }
      return true
    }
    #expect(met == [true, true])
  }
}

@Suite struct WorkspaceTests {
  @Test
  func `matrices of a workspace do not overlap`() {
    let workspace = Workspace()
    let matrices = [(3, 5), (200, 300), (1, 1), (0, 4), (70, 1000)].map {
      workspace.matrix(rows: $0, columns: $1)
    }
    for (index, matrix) in matrices.enumerated() { matrix.fill(Float(index)) }
    for (index, matrix) in matrices.enumerated() {
      #expect(matrix.elements.allSatisfy { $0 == Float(index) })
    }
  }

  @Test
  func `a scope gives its matrices back, and keeps those taken before it`() {
    let workspace = Workspace()
    let kept = workspace.matrix(rows: 4, columns: 4)
    kept.fill(1)
    var places: [Int] = []
    for _ in 0..<3 {
      workspace.scope {
        let taken = workspace.matrix(rows: 4, columns: 4)
        taken.fill(2)
        places.append(taken.offset)
      }
    }
    #expect(Set(places).count == 1)
    #expect(kept.elements.allSatisfy { $0 == 1 })
  }

  @Test
  func `a second pass of a size allocates nothing`() {
    let workspace = Workspace()
    func pass() -> Int {
      workspace.scope {
        for _ in 0..<5 { _ = workspace.matrix(rows: 100, columns: 1000) }
      }
      return workspace.size
    }
    let first = pass()
    #expect(pass() == first)
    #expect(first >= 5 * 100 * 1000)
  }

  @Test
  func `int8 inputs of one width share their memory`() {
    let workspace = Workspace()
    let rows = workspace.quantizedRows(3, columns: 64, digits: 1)
    #expect(workspace.quantizedRows(20, columns: 64, digits: 1) === rows)
    #expect(workspace.quantizedRows(3, columns: 64, digits: 2) !== rows)
    #expect(workspace.quantizedRows(1000, columns: 64, digits: 1).capacity >= 1000)
  }
}
