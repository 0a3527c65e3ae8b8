import Moderation
import Testing

@testable import ModerationEvaluation

/// Maps from a model's scores to another service's.
@Suite struct CalibrationReportTests {
  @Test func `A service with another scale agrees when its scores are mapped`() throws {
    // The other service's score is the square root of ours: 0.25 here is 0.5 there.
    let pairs = (0..<600).map { index in
      let own = Double((index * 37) % 600) / 600
      return ScorePair(own: own, other: own.squareRoot())
    }
    let report = try CalibrationReport(pairs)
    #expect(report.fittedCount == 400 && report.heldOutCount == 200)
    for agreement in report.agreements {
      #expect(agreement.before < 0.95)
      #expect(agreement.after > 0.98)
    }
    #expect(abs(report.calibration(0.25) - 0.5) < 0.02)
    #expect(report.summary.contains("same side of 0.5"))
  }

  @Test func `The map is scikit-learn's isotonic regression of real targets`() throws {
    // IsotonicRegression(out_of_bounds="clip").fit([1, 2, 3, 4], [1, 3, 2, 4]) / 4
    let map = try Calibration(mapping: [0.25, 0.5, 0.75, 1], to: [0.25, 0.75, 0.5, 1])
    #expect(map == .isotonic(inputs: [0.25, 0.5, 0.75, 1], outputs: [0.25, 0.625, 0.625, 1]))
  }

  @Test func `Few pairs are too few`() {
    #expect(throws: EvaluationError.self) {
      try CalibrationReport(Array(repeating: ScorePair(own: 0.1, other: 0.2), count: 29))
    }
  }
}
