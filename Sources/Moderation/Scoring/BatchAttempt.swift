/// The results of a batch of work. Where the batch as a whole fails, each item is tried alone, so
/// that an error stays with the item that caused it.
///
/// - Parameter work: gives one output per item, in order.
package func attempt<Item, Output, Failure>(
  _ items: [Item], _ work: ([Item]) throws(Failure) -> [Output]
) -> [Result<Output, Failure>] {
  func together(_ items: [Item]) throws(Failure) -> [Result<Output, Failure>] {
    let outputs = try work(items)
    precondition(outputs.count == items.count, "one output per item")
    return outputs.map { .success($0) }
  }
  guard !items.isEmpty else { return [] }
  do throws(Failure) {
    return try together(items)
  } catch {
    guard items.count > 1 else { return [.failure(error)] }
    return items.map { item in
      do throws(Failure) {
        return try together([item])[0]
      } catch {
        return .failure(error)
      }
    }
  }
}
