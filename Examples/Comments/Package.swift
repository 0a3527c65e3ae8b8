// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Comments",
  platforms: [.macOS(.v15)],
  dependencies: [
    // In a package of yours: .package(url: "https://github.com/swift-moderation/swift-moderation", from: "0.1.0")
    .package(name: "swift-moderation", path: "../..")
  ],
  targets: [
    .executableTarget(
      name: "Comments",
      dependencies: [.product(name: "Moderation", package: "swift-moderation")])
  ]
)
