#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import NHSNumbers

/// An answer kept for later, with the time it was given.
public struct CachedAnswer: Hashable, Sendable {
  /// What the registry said.
  public let answer: RegistryAnswer
  /// When it was asked: a plan that was loaded while the answer was under way may be missing from it.
  public let asOf: Date

  /// Makes an answer to keep.
  public init(answer: RegistryAnswer, asOf: Date) {
    self.answer = answer
    self.asOf = asOf
  }

  /// The last day on which it may be shown: the first day on which one of its plans leaves, or that the registry
  /// named. Then the whole answer goes; part of it would be a partial answer shown as whole. `nil` for no bound.
  public var lastUsableDay: CivilDay? {
    var days = [answer.validThrough]
    if case .plans(let plans, _) = answer.finding { days.append(plans.earliestLastVisibleDay) }
    return days.compactMap(\.self).min()
  }
}

extension CachedAnswer {
  /// Whether it may be shown at an instant under an age limit. One from the future may not: a clock is wrong, and its
  /// age is unknown. Nor may it be shown once one of its plans is no longer visible.
  func isUsable(at now: Date, for limit: Duration) -> Bool {
    let age = now.timeIntervalSince(asOf)
    guard age >= 0, age <= limit.seconds else { return false }
    return !isExpired(at: now)
  }

  /// Whether its last day has passed.
  func isExpired(at now: Date) -> Bool {
    guard let lastUsableDay else { return false }
    return UnitedKingdomTime.day(at: now) > lastUsableDay
  }
}

extension CachedAnswer: Redacting {}

/// What to remove from a cache. The enum is closed: every ``FlagCache`` must handle each case.
public enum CacheScope: Hashable, Sendable, Redacting {
  /// What is kept for one patient.
  case patient(NHSNumber)
  /// What may no longer be shown at an instant.
  case expired(at: Date)
  /// Everything.
  case everything
}

/// Where answers may be kept for a while. Off unless a policy asks for it.
///
/// **To implement it**: you may forget at any time, and must never invent. Return exactly what was stored, with
/// its time; do not judge its age, the service does. Keep no answer beyond ``CachedAnswer/lastUsableDay``. What you
/// keep is about children at risk: encrypt it where it can outlive the process.
public protocol FlagCache: Sendable {
  /// What is kept for a patient; `nil` when nothing is.
  ///
  /// - Throws: ``CacheError``; the service then asks the registry as if nothing were kept.
  func entry(for patient: NHSNumber) async throws(CacheError) -> CachedAnswer?

  /// Keeps an answer, in place of an older one. One older than what is kept must be ignored: answers may come in
  /// another order than that in which they were asked for.
  func store(_ answer: CachedAnswer, for patient: NHSNumber) async throws(CacheError)

  /// Removes the entries that match the scope.
  func remove(_ scope: CacheScope) async throws(CacheError)

  /// Whether every call answers from this process's memory, and so never blocks a thread nor waits. It is then called
  /// on the check's own thread, without a deadline.
  var answersInPlace: Bool { get }
}

extension FlagCache {
  /// `false`: the cache may block its thread, or wait for a network.
  public var answersInPlace: Bool { false }
}

/// Why a cache could not do its work. Never a reason to fail a check.
public struct CacheError: Error, Hashable, Sendable {
  /// The cause. Open: a cache may add its own.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The cause as a word.
    public let rawValue: String
    /// Makes a cause.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The store behind it cannot be reached.
    public static let unavailable = Code(rawValue: "unavailable")
    /// What it kept is damaged.
    public static let corrupted = Code(rawValue: "corrupted")
    /// There is no room.
    public static let full = Code(rawValue: "full")
    /// It did not answer in time.
    public static let timedOut = Code(rawValue: "timedOut")
    /// Anything else.
    public static let other = Code(rawValue: "other")
  }

  /// The cause.
  public let code: Code

  /// Makes an error.
  public init(_ code: Code) { self.code = code }
}

extension CacheError.Code: PortErrorCode {
  package static let ours: Set<CacheError.Code> = [
    .unavailable, .corrupted, .full, .timedOut, .other,
  ]
}

extension CacheError: CustomStringConvertible {
  /// The cause.
  public var description: String { "cache: \(code.loggable)" }
}
