import Testing

@testable import Recurrent
