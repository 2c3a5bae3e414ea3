public import CPIS
public import NHSNumbers
internal import Synchronization

/// The CP-IS registry in memory: uploads in, answers, access histories and notices out.
///
/// It keeps to every rule of the national service that is known, and says in its documentation where a rule had
/// to be decided. It is for tests, demonstrations and integration: what it knows is gone with the process.
///
/// Time comes from the clock it is given, so that days can pass in a test. Nothing happens by itself: windows of
/// notices close when ``closeWindow(includingEmpty:)`` is called.
public final class ReferenceRegistry: Sendable, Redacting {
  let clock: any WallClock
  let state: Mutex<RegistryState>

  /// Makes a registry without plans.
  ///
  /// - Parameters:
  ///   - demographics: who has which number; uploads are held against it.
  ///   - clock: where time comes from; the machine's unless given.
  ///   - seed: what the identities of notices are drawn from; give one for the same identities in every run.
  public init(
    demographics: Demographics = Demographics(), clock: any WallClock = SystemClock(),
    seed: UInt64 = .random(in: .min ... .max)
  ) {
    self.clock = clock
    self.state = Mutex(RegistryState(demographics: demographics, seed: seed))
  }
}
