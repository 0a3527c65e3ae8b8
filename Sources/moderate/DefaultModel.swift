import FoundationEssentials
import Moderation

/// The moderator that answers when nobody names one.
enum DefaultModel {
  static func folder() throws -> URL {
    throw CommandError.usage("name a model with --model")
  }
}
