import ArgumentParser
import Tensor

/// The threads of a command. All models of a command share them.
struct ThreadOptions: ParsableArguments {
  @Option(help: "The number of threads to compute on; by default one for each core.")
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads takes a number from 1 to 1024")
    }
  }

  func processor() -> Processor { Processor(threads: threads) }
}
