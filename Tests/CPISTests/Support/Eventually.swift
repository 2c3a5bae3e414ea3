import Testing

/// Waits for what other tasks bring about, for ten minutes at most.
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

/// Ten minutes: so long a test waits for what takes milliseconds, as a machine may be slow and busy with other tests.
struct Patience {
  private let end = ContinuousClock.now.advanced(by: .seconds(600))
  var isLeft: Bool { ContinuousClock.now < end }
}
