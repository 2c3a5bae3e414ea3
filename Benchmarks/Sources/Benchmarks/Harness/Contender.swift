/// One way to do a piece of work, measured against others that do the same piece.
struct Contender {
  /// The name in tables and thresholds.
  let name: String

  /// Does the work once and returns something that depends on all of it.
  let run: () -> UInt64

  /// - Parameter run: does the whole work once.
  init(_ name: String, _ run: @escaping () -> UInt64) {
    self.name = name
    self.run = run
  }
}
