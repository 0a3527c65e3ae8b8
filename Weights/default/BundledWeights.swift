#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// Where the weights that come with the package lie.
///
/// SwiftPM copies this target's resources into a folder next to the executable. It stays valid when
/// executable and folder are moved together; a build that was moved alone falls back on the folder of
/// the sources it was built from, if that is still there.
public enum BundledWeights {
  /// The folder with `moderation.json` and the files it names.
  public static func folder() throws(BundledWeightsError) -> URL {
    let candidates = Self.candidates
    guard let found = candidates.first(where: Self.isBundle) else {
      throw .absent(searched: candidates.map(\.path))
    }
    return found
  }

  /// The name SwiftPM gives the resources: package, target.
  static let resources = "swift-moderation_DefaultWeights"

  /// In the order in which they are tried.
  static var candidates: [URL] {
    var folders: [URL] = []
    if let executable = Self.executable {
      let folder = executable.deletingLastPathComponent()
      // Linux; macOS command line; an application's Contents/Resources beside Contents/MacOS.
      folders.append(folder.appendingPathComponent("\(resources).resources"))
      folders.append(folder.appendingPathComponent("\(resources).bundle"))
      let contents = folder.deletingLastPathComponent()
      folders.append(
        contents.appendingPathComponent("Resources/\(resources).bundle/Contents/Resources"))
      folders.append(contents.appendingPathComponent("Resources/\(resources).bundle"))
      // As an installation lays files out: bin/moderate, share/swift-moderation/default.
      folders.append(contents.appendingPathComponent("share/swift-moderation/default"))
    }
    folders.append(URL(fileURLWithPath: #filePath).deletingLastPathComponent())
    return folders
  }

  private static func isBundle(_ folder: URL) -> Bool {
    FileManager.default.fileExists(atPath: folder.appendingPathComponent("moderation.json").path)
  }

  /// The running executable, links resolved.
  private static var executable: URL? {
    #if os(Linux)
      guard
        let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
      else { return nil }
      return URL(fileURLWithPath: path)
    #else
      return CommandLine.arguments.first.map {
        URL(fileURLWithPath: $0).resolvingSymlinksInPath()
      }
    #endif
  }
}

/// Why there are no default weights.
public enum BundledWeightsError: Error, Sendable, CustomStringConvertible {
  case absent(searched: [String])

  public var description: String {
    switch self {
    case .absent(let searched):
      "the default weights were not found; looked in \(searched.joined(separator: ", "))"
    }
  }
}
