public import NHSNumbers

/// The registry as the SDK sees it: who has a plan, and who was told that a child was seen.
///
/// **To implement it** over a network: map every failure to a ``RegistryError``, and only a reply that says so
/// to "no plan under this number". Never return that for an empty, cut or unreadable reply. Be ready for calls at
/// once from many tasks. Give up by yourself after a time: a caller who no longer waits does not cancel you.
/// Requests carry the access's identity, and a repeat of a call carries the same one. A client that wraps another
/// passes every requirement on, those with a default too.
///
/// **To use it** call ``TriageService``, which adds the gate, deadlines, and declarations of what was missed.
public protocol RegistryClient: Sendable {
  /// Asks what is recorded under a number. In unscheduled care a plan found is also an access declared: it enters
  /// the child's access history, and the responsible authorities are told.
  ///
  /// - Throws: ``RegistryError``. A thrown error means unknown, never "no plan". It is also unknown whether the access
  ///   was declared.
  func plans(for access: Access) async throws(RegistryError) -> RegistryAnswer

  /// Declares an access that was not part of a query: one answered from a cache, or during an outage.
  ///
  /// The registry counts declarations and queries of one identity once, so declare again after any doubt.
  /// Where no plan is recorded under the number, nothing is kept and nobody told.
  ///
  /// - Throws: ``RegistryError``. Keep the declaration, and declare it again later.
  func declare(_ access: Access) async throws(RegistryError)

  /// Asks who saw the child's record in unscheduled care. Asking neither logs nor notifies.
  ///
  /// - Throws: ``RegistryError``. A thrown error means unknown, never "never seen".
  func accessHistory(for access: Access) async throws(RegistryError) -> AccessHistory

  /// Whether ``plans(for:)``, asked now by anyone who may ask, would find no plan under the number and tell nobody.
  ///
  /// ``TriageService`` asks it first, on the caller's own thread: a check that is ruled out needs no task, no deadline
  /// and no memory of its visit, and costs a fraction of the whole way. `false` says nothing about the patient: it
  /// means ask. It never waits, and asking neither logs nor notifies.
  ///
  /// Say more than `false` only where you keep all the numbers under which the registry holds anything at all, such as
  /// in an `NHSNumberIndex`. Only a list that is whole, and as new as the registry's own answer would be, may rule a
  /// number out; a copy fetched an hour ago may not.
  func rulesOut(_ patient: NHSNumber) -> Bool

  /// Whether every call answers from this process's memory, and so never blocks a thread nor waits. It is then called
  /// on the check's own thread; a client that says nothing is called on threads of its own, so that one that blocks
  /// delays nobody.
  var answersInPlace: Bool { get }
}

extension RegistryClient {
  /// `false`: every number is asked about.
  public func rulesOut(_ patient: NHSNumber) -> Bool { false }

  /// `false`: the client may block its thread, or wait for a network.
  public var answersInPlace: Bool { false }
}

/// What a registry says is recorded under a number.
public struct RegistryAnswer: Hashable, Sendable {
  /// The two things that a registry can say. The enum is closed: whatever else it says is an error.
  public enum Finding: Hashable, Sendable, Redacting {
    /// At least one plan is recorded. Partial when some of the answer could not be read: there may be more.
    case plans(RecordedPlans, Completeness)

    /// No plan is recorded **under this number**; never "not at risk". A reply that could not be read whole is
    /// no such answer: throw ``RegistryError/Code/unusableAnswer``.
    case noPlanUnderThisNumber
  }

  /// The number the registry answered about, as the reply says: the service compares it with what it asked (H3).
  public let patient: NHSNumber

  /// What is recorded.
  public let finding: Finding

  /// The last day on which the answer may be shown, when the registry knows more than the plans' own dates say:
  /// the day before an 18th birthday. `nil` when it says nothing.
  public let validThrough: CivilDay?

  /// Makes an answer.
  public init(patient: NHSNumber, finding: Finding, validThrough: CivilDay? = nil) {
    self.patient = patient
    self.finding = finding
    self.validThrough = validThrough
  }
}

extension RegistryAnswer {
  /// Whether the whole of it could be read.
  var isComplete: Bool {
    if case .plans(_, .partial) = finding { return false }
    return true
  }
}

extension RegistryAnswer: Redacting {}

/// Whether the whole of an answer could be read (hazard H13). It could or it could not: the enum is closed.
public enum Completeness: Hashable, Sendable {
  /// All of it.
  case complete
  /// Some entries could not be read, and may matter; how many, when that is known.
  case partial(unreadableEntries: Int?)
}

/// Why a registry gave no answer. It means unknown, never "no plan".
///
/// It carries no text from the wire, no URL and no other error: an NHS number rides in URLs.
public struct RegistryError: Error, Hashable, Sendable {
  /// The cause. Open: a client may add its own, which is treated as ``other``.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The cause as a word.
    public let rawValue: String
    /// Makes a cause.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// It could not be reached, or said that it is down. Try again later.
    public static let unavailable = Code(rawValue: "unavailable")
    /// It did not answer in time. Whether it acted is unknown.
    public static let timedOut = Code(rawValue: "timedOut")
    /// It asks for fewer calls; see ``RegistryError/retryAfter``.
    public static let tooManyRequests = Code(rawValue: "tooManyRequests")
    /// It does not let this author or organisation ask. Trying again does not help; the role does.
    public static let accessDenied = Code(rawValue: "accessDenied")
    /// It answered with something that cannot be trusted.
    public static let unusableAnswer = Code(rawValue: "unusableAnswer")
    /// It found the request wrong: a fault of the client, or of its configuration.
    public static let requestRejected = Code(rawValue: "requestRejected")
    /// The call was cancelled. Whether it arrived is unknown.
    public static let cancelled = Code(rawValue: "cancelled")
    /// Anything else.
    public static let other = Code(rawValue: "other")
  }

  /// The cause.
  public let code: Code

  /// How long the registry asks to be left alone; `nil` when it says nothing.
  public let retryAfter: Duration?

  /// Makes an error.
  public init(_ code: Code, retryAfter: Duration? = nil) {
    self.code = code
    self.retryAfter = retryAfter
  }
}

extension RegistryError.Code: PortErrorCode {
  package static let ours: Set<RegistryError.Code> = [
    .unavailable, .timedOut, .tooManyRequests, .accessDenied, .unusableAnswer, .requestRejected, .cancelled, .other,
  ]
}

extension RegistryError: CustomStringConvertible {
  /// The cause, and the wait if there is one.
  public var description: String {
    "registry: \(code.loggable)" + (retryAfter.map { ", retry after \($0)" } ?? "")
  }
}
