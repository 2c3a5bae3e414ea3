#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// Where an answer comes from, and how old it is.
public struct AnswerOrigin: Hashable, Sendable {
  /// Where an answer comes from.
  public enum Source: Hashable, Sendable, CaseIterable {
    /// The registry, asked for this check.
    case registry
    /// The cache, young enough that the registry was not asked.
    case freshCache
    /// The cache, because the registry could not be asked.
    case cacheWhileRegistryDown
    /// An earlier check of the same visit.
    case earlierInEncounter
  }

  /// Where the answer comes from.
  public let source: Source

  /// When the registry gave it.
  public let asOf: Date

  /// When it was shown for this check.
  public let checkedAt: Date

  /// Makes an origin.
  public init(source: Source, asOf: Date, checkedAt: Date) {
    self.source = source
    self.asOf = asOf
    self.checkedAt = checkedAt
  }

  /// How old the answer was when it was shown; a clock that went wrong in between reads as no or very great age.
  public var age: Duration { .seconds(min(max(0, checkedAt.timeIntervalSince(asOf)), 1e10)) }
}

extension AnswerOrigin.Source {
  /// The source as a stable word, for logs and metrics.
  public var code: String {
    switch self {
    case .registry: "registry"
    case .freshCache: "freshCache"
    case .cacheWhileRegistryDown: "cacheWhileRegistryDown"
    case .earlierInEncounter: "earlierInVisit"
    }
  }
}

extension AnswerOrigin {
  /// Source, time and age for a clinician to read, in UK time.
  public var displayText: String {
    TextBuilder.text(capacity: 120) { $0.addForDisplay(self) }
  }

  /// The age for a clinician to read, such as "2 hours 59 minutes"; never rounded to less than it is by a minute.
  public var ageText: String {
    let minutes = Int(age.seconds / 60)
    if minutes < 1 { return "under a minute" }
    if minutes < 120 { return minutes.counted("minute") }
    if minutes < 48 * 60, minutes % 60 > 0 {
      return "\((minutes / 60).counted("hour")) \((minutes % 60).counted("minute"))"
    }
    let hours = (minutes + 59) / 60
    if hours < 48 { return hours.counted("hour") }
    return hours % 24 == 0
      ? (hours / 24).counted("day") : "\((hours / 24).counted("day")) \((hours % 24).counted("hour"))"
  }
}

extension TextBuilder {
  /// Adds source, time and age of an answer.
  mutating func addForDisplay(_ origin: AnswerOrigin) {
    switch origin.source {
    case .registry, .earlierInEncounter: add("Checked with the registry ")
    case .freshCache, .cacheWhileRegistryDown: add("As at ")
    }
    addForDisplay(UnitedKingdomTime.civilTime(at: origin.asOf))
    if origin.source != .registry {
      add(", ")
      add(origin.ageText)
      add(" ago")
    }
    switch origin.source {
    case .registry: add(".")
    case .freshCache: add(", from this system's memory; the registry was not asked now.")
    case .cacheWhileRegistryDown: add(", from this system's memory: the registry cannot be asked now.")
    case .earlierInEncounter: add(", earlier in this visit.")
    }
  }
}
