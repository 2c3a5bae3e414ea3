import Testing

/// Waits for what other tasks bring about, for a minute at most.
func eventually(_ location: SourceLocation = #_sourceLocation, _ condition: () -> Bool) async {
  let patience = Patience()
  while !condition() {
    guard patience.isLeft else {
      Issue.record("it never came to that", sourceLocation: location)
      return
    }
    await Task.yield()
  }
}

/// A minute: so long a test waits for what takes milliseconds.
struct Patience {
  private let end = ContinuousClock.now.advanced(by: .seconds(60))
  var isLeft: Bool { ContinuousClock.now < end }
}
