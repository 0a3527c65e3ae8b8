import Testing

@testable import Moderation
