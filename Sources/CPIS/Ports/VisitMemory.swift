#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import NHSNumbers

/// One patient's visit to one organisation: what a ``VisitMemory`` remembers by.
public struct VisitKey: Hashable, Sendable, Redacting {
  /// Whose visit.
  public let patient: NHSNumber
  /// To which organisation.
  public let organisation: ODSCode
  /// The host's identity of the visit.
  public let id: VisitID

  /// Makes a key.
  public init(patient: NHSNumber, organisation: ODSCode, id: VisitID) {
    self.patient = patient
    self.organisation = organisation
    self.id = id
  }
}

/// What is remembered of a visit.
public struct RememberedVisit: Hashable, Sendable, Redacting {
  /// The identity under which the visit is one access.
  public let accessID: Access.ID
  /// When its first check was made.
  public let firstCheck: Date
  /// The plans that the registry found, and when; `nil` when it found none, or its answer was not whole.
  public var found: CachedAnswer?
  /// Whether the registry found a plan, and so has the access. Nothing less counts: a declaration that was handed on
  /// may be lost, or reach the registry before the plan does.
  public var isAuthorityTold: Bool
  /// Whether the sink has a notice for the trust's own safeguarding team.
  public var isSafeguardingTold: Bool

  /// Makes a visit of which nothing is known but its first check.
  public init(accessID: Access.ID, firstCheck: Date) {
    self.accessID = accessID
    self.firstCheck = firstCheck
    self.found = nil
    self.isAuthorityTold = false
    self.isSafeguardingTold = false
  }
}

/// Something to remember of a visit. Taking note of the same twice changes nothing more. The enum is closed: a new note
/// would come with a new requirement of ``VisitMemory``.
public enum VisitNote: Hashable, Sendable, Redacting {
  /// The registry found plans, and so the authority is told. The answer is `nil` when it was not whole: then an earlier
  /// one is forgotten.
  case plansFound(CachedAnswer?)
  /// The registry found no plan any more: plans that were found earlier are forgotten.
  case noPlanFound
  /// The sink has a notice for the safeguarding team.
  case safeguardingTold
}

/// What to forget of visits. The enum is closed: every ``VisitMemory`` must handle each case.
public enum VisitScope: Hashable, Sendable, Redacting {
  /// One visit. A later check in it is a new access, unless the host gave a ``VisitIdentityKey``.
  case visit(VisitKey)
  /// Everything.
  case everything
}

extension RememberedVisit {
  /// The visit with a note taken. Implementers call it, so that the meaning of a note is written once.
  public func noting(_ note: VisitNote) -> RememberedVisit {
    var visit = self
    switch note {
    case .plansFound(let answer):
      visit.isAuthorityTold = true
      visit.found = answer
    case .noPlanFound: visit.found = nil
    case .safeguardingTold: visit.isSafeguardingTold = true
    }
    return visit
  }

  /// Whether a check at an instant belongs to this visit, or the visit is over and its number is used again. A clock
  /// may jump either way, so the distance counts in both directions.
  public func isOpen(at time: Date, within window: Duration) -> Bool {
    abs(time.timeIntervalSince(firstCheck)) <= window.seconds
  }
}

/// Remembers visits, so that registration, triage and ward are one declared access (hazard H14).
///
/// ``InMemoryVisitMemory`` is the default. Share one memory between the nodes of a host, and a visit is one access
/// on all of them.
///
/// **To implement it** over a store of your own:
/// - ``open(_:proposing:within:)`` must be atomic over all who share the memory: of two checks at once, both get the
///   same visit. Say that a visit was opened only when the proposal is what was stored.
/// - You may forget at any time, and must never invent: a forgotten visit is told to the authority again, an invented
///   one is never told. Return a visit only under the very key it was opened with.
/// - Throw ``VisitMemoryError`` when you cannot answer. The check goes on as if nothing were remembered. It waits no
///   longer than ``TriagePolicy/visitDeadline``, so give up by yourself soon after: nobody cancels you.
/// - What you keep names children at risk. Seal it where it can outlive the process (``PayloadSealer``), and derive
///   what you find it by with a keyed hash.
public protocol VisitMemory: Sendable {
  /// Gets what is remembered of a visit, or opens it.
  ///
  /// - Parameters:
  ///   - visit: the visit.
  ///   - proposal: what to remember when there is nothing, or when what there is has its first check further than
  ///     `window` from the proposal's: see ``RememberedVisit/isOpen(at:within:)``.
  ///   - window: how long a visit lasts from its first check, ``TriagePolicy/visitWindow``.
  /// - Returns: what is now remembered: the proposal when the visit was opened by this call.
  /// - Throws: ``VisitMemoryError``. Whether the proposal was stored is then unknown, and does no harm.
  func open(
    _ visit: VisitKey, proposing proposal: RememberedVisit, within window: Duration
  ) async throws(VisitMemoryError) -> RememberedVisit

  /// Takes note of something, if the visit is remembered under this identity; else does nothing.
  ///
  /// - Throws: ``VisitMemoryError``; the service then has the visit forgotten.
  func note(_ note: VisitNote, of visit: VisitKey, access: Access.ID) async throws(VisitMemoryError)

  /// Forgets what the scope names.
  func forget(_ scope: VisitScope) async throws(VisitMemoryError)

  /// Whether every call answers from this process's memory, and so never blocks a thread nor waits. It is then called
  /// in place, without a deadline. `false` unless you say otherwise.
  var answersInPlace: Bool { get }
}

extension VisitMemory {
  /// `false`: the memory may wait for a network or a disk.
  public var answersInPlace: Bool { false }
}

/// Why visits could not be remembered. Never a reason to fail a check.
public struct VisitMemoryError: Error, Hashable, Sendable {
  /// The cause. Open: a memory may add its own.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The cause as a word.
    public let rawValue: String
    /// Makes a cause.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The store behind it cannot be reached.
    public static let unavailable = Code(rawValue: "unavailable")
    /// It did not answer in time.
    public static let timedOut = Code(rawValue: "timedOut")
    /// There is no room.
    public static let full = Code(rawValue: "full")
    /// What it remembered is damaged, or is another visit's.
    public static let corrupted = Code(rawValue: "corrupted")
    /// Anything else.
    public static let other = Code(rawValue: "other")
  }

  /// The cause.
  public let code: Code

  /// Makes an error.
  public init(_ code: Code) { self.code = code }
}

extension VisitMemoryError.Code: PortErrorCode {
  package static let ours: Set<VisitMemoryError.Code> = [
    .unavailable, .timedOut, .full, .corrupted, .other,
  ]
}

extension VisitMemoryError: CustomStringConvertible {
  /// The cause.
  public var description: String { "visit memory: \(code.loggable)" }
}
