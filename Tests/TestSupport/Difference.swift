/// The largest difference of two lists: infinite if their lengths differ or only one number of a
/// pair is NaN. With `isRelative`, differences of numbers above 1 are divided by them.
package func largestDifference<Number: BinaryFloatingPoint>(
  _ left: some Collection<Number>, _ right: some Collection<Number>, isRelative: Bool = false
) -> Number {
  guard left.count == right.count else { return .infinity }
  var largest: Number = 0
  for (left, right) in zip(left, right) where left != right && !(left.isNaN && right.isNaN) {
    let difference = abs(left - right) / (isRelative ? max(1, abs(right)) : 1)
    largest = difference.isNaN ? .infinity : max(largest, difference)
  }
  return largest
}
