import ArgumentParser

@main
struct Moderate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "moderate", abstract: "Moderates text on this machine.")
}
