import ArgumentParser

/// The treatment of texts with more tokens than the model takes.
struct LongTextOptions: ParsableArguments {
  @Flag(
    name: .long,
    help: """
      Read long texts in overlapping windows, even where the bundle says that they are truncated. \
      Each label gets the highest score of all windows, or their mean if the bundle says so.
      """)
  var windows = false
}
