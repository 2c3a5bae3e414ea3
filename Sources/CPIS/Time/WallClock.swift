#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// Where time comes from: the instant now, and waiting.
///
/// Implement it to drive time in tests; `ManualClock` in `CPISReference` does. The clock of a host may jump in
/// either direction: nothing here takes time's word for a "none", and a cached answer from the future is unusable.
public protocol WallClock: Sendable {
  /// The instant now.
  var now: Date { get }

  /// Waits for a duration.
  ///
  /// - Throws: `CancellationError` when the task is cancelled first.
  func sleep(for duration: Duration) async throws
}

/// The clock of the machine.
public struct SystemClock: WallClock {
  /// Makes the clock of the machine.
  public init() {}

  /// The instant now, as the machine has it.
  public var now: Date { Date() }

  /// Waits on the machine's continuous clock, so that setting the time does not stretch a deadline.
  public func sleep(for duration: Duration) async throws {
    try await Task.sleep(for: duration, clock: .continuous)
  }
}

extension WallClock {
  /// How long it has been since an instant. A clock that was set back says that no time has passed.
  package func duration(since start: Date) -> Duration { .seconds(max(0, now.timeIntervalSince(start))) }
}

extension Duration {
  /// The duration in seconds, for arithmetic with instants.
  package var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
