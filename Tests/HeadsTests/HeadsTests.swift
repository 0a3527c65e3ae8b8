import Testing

@testable import Heads
