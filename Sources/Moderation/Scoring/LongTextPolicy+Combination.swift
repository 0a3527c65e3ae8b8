extension LongTextPolicy.Combination {
  /// One row of scores from those of a text's windows, class by class. A NaN in any window is NaN.
  func callAsFunction(_ windows: [[Double]]) -> [Double] {
    guard var result = windows.first else { return [] }
    for window in windows.dropFirst() {
      for index in result.indices {
        switch self {
        case .max:
          let (left, right) = (result[index], window[index])
          result[index] = left.isNaN || right.isNaN ? .nan : Swift.max(left, right)
        case .mean:
          result[index] += window[index]
        }
      }
    }
    if self == .mean {
      for index in result.indices { result[index] /= Double(windows.count) }
    }
    return result
  }
}
