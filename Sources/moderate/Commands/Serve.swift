import ArgumentParser
import Platform
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `moderate serve` becomes the program `moderate-server`, which is a package of its own: this command
/// has no HTTP in it.
struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Answer requests over HTTP, in the APIs of several services.",
    discussion: """
      Runs moderate-server, which `make server` builds. It is looked for beside this program and in PATH; \
      "moderate serve --help" shows its options.
      """)

  @Argument(parsing: .captureForPassthrough, help: "Options of moderate-server.")
  var arguments: [String] = []

  func run() throws {
    let places = Self.places(
      program: CommandLine.arguments.first ?? "", environment: ProcessInfo.processInfo.environment)
    guard let path = places.first(where: FileManager.default.isExecutableFile(atPath:)) else {
      throw CommandError.usage(
        "moderate-server is not beside this program and not in PATH; `make server` builds it")
    }
    var pointers = unsafe ([path] + arguments).map { unsafe strdup($0) }
    unsafe pointers.append(nil)
    unsafe execv(path, pointers)
    throw CommandError.usage("\(path): \(Errno(rawValue: errno))")
  }

  /// Where the server may be, in the order of search: beside the program, where the package manager
  /// builds it, and in the folders of PATH.
  static func places(program: String, environment: [String: String]) -> [String] {
    let name = "moderate-server"
    var folders: [String] = []
    #if os(Linux)
      if let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
        folders.append(URL(filePath: own).deletingLastPathComponent().path)
      }
    #endif
    if program.contains("/") {
      folders.append(URL(filePath: program).deletingLastPathComponent().path)
    }
    // In a checkout: from .build/release to Server/.build/release.
    folders += folders.map { $0 + "/../../../Server/.build/release" }
    folders += (environment["PATH"] ?? "").split(separator: ":").map(String.init)
    return folders.map { $0 + "/" + name }
  }
}
