extension Int {
  /// The number with what it counts: `1 record`, `2 records`.
  ///
  /// - Parameter many: what more than one, or none, are called; with an "s" unless given.
  package func counted(_ one: String, _ many: String? = nil) -> String {
    "\(self) \(self == 1 ? one : many ?? one + "s")"
  }
}
