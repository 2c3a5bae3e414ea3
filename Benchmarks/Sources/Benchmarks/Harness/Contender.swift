/// One way to do a piece of work, measured against others that do the same piece.
struct Contender {
  /// The name in tables and goals.
  let name: String

  /// How many operations a run does, where that differs from the comparison's: a slow way may do fewer.
  let operations: Int?

  /// Does the work once and returns something that depends on all of it. Throws when the work was not done: what was
  /// not done took no time, and must not be published as fast.
  let run: () throws -> UInt64

  /// - Parameters:
  ///   - run: does the whole work once.
  init(_ name: String, operations: Int? = nil, _ run: @escaping () throws -> UInt64) {
    self.name = name
    self.operations = operations
    self.run = run
  }
}
