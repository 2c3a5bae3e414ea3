/// Takes every result, so that the optimiser cannot leave work out.
///
/// The opaque call costs a nanosecond, and is made once a run, not once an operation.
enum Sink {
  nonisolated(unsafe) private static var total: UInt64 = 0

  @inline(never)
  @_optimize(none)
  static func take(_ value: UInt64) { unsafe total ^= value }
}
