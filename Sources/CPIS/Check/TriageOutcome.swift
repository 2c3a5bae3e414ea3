#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import NHSNumbers

/// What a check found: one of three things, and no path turns one into another.
///
/// Show ``displayText``, or the parts of each case; whatever else a host shows, a check that could not be made
/// must never look like "no plan" (hazard H1). The enum is closed: there is no fourth outcome.
public enum TriageOutcome: Hashable, Sendable {
  /// At least one plan is recorded.
  case plansRecorded(PlansRecorded)
  /// No plan is recorded under this number. Not the same as "not at risk".
  case noPlanRecorded(NoPlanRecorded)
  /// Nothing is known, and why.
  case notChecked(NotChecked)
}

extension TriageOutcome: Redacting {}

extension TriageOutcome {
  /// The access made by this check, under whose identity the authority is told; `nil` when no patient was named.
  public var access: Access? {
    switch self {
    case .plansRecorded(let found): found.access
    case .noPlanRecorded(let answer): answer.access
    case .notChecked(let refusal): refusal.access
    }
  }

  /// The outcome for a clinician to read: complete, in plain words and UK time.
  public var displayText: String {
    switch self {
    case .plansRecorded(let found): found.displayText
    case .noPlanRecorded(let answer): answer.displayText
    case .notChecked(let refusal): refusal.displayText
    }
  }

  /// The outcome in a line, for a list or a banner.
  public var headline: String {
    switch self {
    case .plansRecorded(let found): found.headline
    case .noPlanRecorded(let answer): answer.headline
    case .notChecked(let refusal): refusal.headline
    }
  }
}

/// Where an answer comes from, and how old it is.
public struct AnswerOrigin: Hashable, Sendable {
  /// Where an answer comes from.
  @nonexhaustive
  public enum Source: Hashable, Sendable, CaseIterable {
    /// The registry, asked for this check.
    case registry
    /// The cache, young enough that the registry was not asked.
    case freshCache
    /// The cache, because the registry could not be asked.
    case cacheWhileRegistryDown
    /// An earlier check of the same visit.
    case earlierInVisit
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
    case .earlierInVisit: "earlierInVisit"
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
    case .registry, .earlierInVisit: add("Checked with the registry ")
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
    case .earlierInVisit: add(", earlier in this visit.")
    }
  }
}

/// What became of something that somebody must be told.
@nonexhaustive
public enum NotificationStatus: Hashable, Sendable, CaseIterable {
  /// Nothing was due: scheduled care, no plan, nobody to tell about, or turned off by policy.
  case notDue
  /// The registry took it. Where it holds no plan it keeps nothing and tells nobody.
  case declared
  /// The registry found a plan and has the access: from an earlier check of the same visit or, when this one was
  /// cancelled, from the query that went on.
  case alreadyTold
  /// The sink took it over and answers for it.
  case entrusted
  /// Neither registry nor sink took it. The service keeps it in memory and offers it again; it is lost if the
  /// process ends first.
  case heldInMemory
  /// The caller left while the check was under way. The check goes on, and tells whom it has to.
  case underWay
  /// It was not told and will not be: the registry refused the author, the sink refused the notice, or memory was full.
  /// Tell by phone.
  case notTold
}

extension NotificationStatus {
  /// The status as a stable word, for logs and metrics.
  public var code: String {
    switch self {
    case .notDue: "notDue"
    case .declared: "declared"
    case .alreadyTold: "alreadyTold"
    case .entrusted: "entrusted"
    case .heldInMemory: "heldInMemory"
    case .underWay: "underWay"
    case .notTold: "notTold"
    }
  }

  /// What a clinician needs to know about telling the trust's safeguarding team of a plan; `nil` when that is nothing.
  var safeguardingText: String? {
    switch self {
    case .notDue, .declared, .alreadyTold, .entrusted, .underWay: nil
    case .heldInMemory: "Your trust's safeguarding team has not been told of this plan yet. Ring them."
    case .notTold: "Your trust's safeguarding team has NOT been told of this plan. Ring them."
    }
  }
}

extension TextBuilder {
  /// Adds what a clinician needs to know about telling the local authority: nothing when nothing was due.
  ///
  /// - Parameter authorities: how many authorities have a plan; `nil` when it is not known whether any has.
  mutating func addAuthorityText(_ told: NotificationStatus, authorities: Int?) {
    if told == .notDue { return }
    let areMany = authorities ?? 1 > 1
    add(authorities == nil ? "If a plan is recorded, the local " : "The local ")
    add(areMany ? "authorities " : "authority ")
    switch told {
    case .notDue: break
    case .declared, .alreadyTold: add(areMany ? "are being told of this visit." : "is being told of this visit.")
    case .entrusted: add("will be told of this visit once the registry accepts it.")
    case .heldInMemory:
      add(areMany ? "have not been told of this visit yet." : "has not been told of this visit yet.")
    case .underWay: add("may not have been told of this visit yet.")
    case .notTold: add(areMany ? "have NOT been told of this visit." : "has NOT been told of this visit.")
    }
    // Who does not know which authority it would be is told elsewhere whom to ring.
    guard authorities != nil, [.heldInMemory, .underWay, .notTold].contains(told) else { return }
    add(" If you have a concern, ring them.")
  }
}
