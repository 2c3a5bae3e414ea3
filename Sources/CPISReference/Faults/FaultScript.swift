public import CPIS

/// Which calls go wrong, and how.
///
/// Calls of each operation are counted from 1. When several steps apply to a call, the first one decides; when none
/// does, the call goes through.
public struct FaultScript<Operation: Hashable & Sendable, Fault: Sendable>: Sendable {
  /// The calls that a step applies to.
  @nonexhaustive
  public enum Calls: Hashable, Sendable {
    /// Every call.
    case every
    /// One call, counted from 1.
    case only(Int)
    /// This call and all later ones.
    case from(Int)
    /// All calls up to and including this one: a fault that passes.
    case upTo(Int)

    func includes(_ number: Int) -> Bool {
      switch self {
      case .every: true
      case .only(let call): number == call
      case .from(let first): number >= first
      case .upTo(let last): number <= last
      }
    }
  }

  private struct Step: Sendable {
    let fault: Fault
    let calls: Calls
    let operation: Operation?
  }

  private var steps: [Step] = []

  /// Makes a script without faults.
  public init() {}

  /// Makes a script of one step.
  ///
  /// - Parameters:
  ///   - fault: how the calls go wrong.
  ///   - calls: which calls go wrong.
  ///   - operation: the operation that goes wrong; `nil` for all of them.
  public init(_ fault: Fault, on calls: Calls, of operation: Operation? = nil) {
    add(fault, on: calls, of: operation)
  }

  /// Adds a step.
  ///
  /// - Parameters:
  ///   - fault: how the calls go wrong.
  ///   - calls: which calls go wrong.
  ///   - operation: the operation that goes wrong; `nil` for all of them.
  public mutating func add(_ fault: Fault, on calls: Calls, of operation: Operation? = nil) {
    steps.append(Step(fault: fault, calls: calls, operation: operation))
  }

  func hasFault(of operation: Operation) -> Bool { steps.contains { ($0.operation ?? operation) == operation } }

  func fault(of operation: Operation, call number: Int) -> Fault? {
    steps.first { $0.calls.includes(number) && ($0.operation ?? operation) == operation }?.fault
  }
}

/// One way in which something behind a port can go wrong.
///
/// Every port fails in the same ways; what differs is the error it throws and the nonsense it can answer.
/// `allCases` lists each fault once, with every cause that the SDK names, so that a test can try them all.
@nonexhaustive
public enum PortFault<Failure: ScriptedFailure, Nonsense: Hashable & Sendable & CaseIterable>: Hashable, Sendable {
  /// It does nothing and throws.
  case fails(Failure)
  /// It does what it was asked, and throws all the same, as when a reply is lost.
  case actsThenFails(Failure)
  /// It does nothing for a time, on the wrapper's clock, then acts and answers.
  case slowToAct(Duration)
  /// It acts at once, and answers after a time.
  case slowToReply(Duration)
  /// It neither acts nor answers until ``FaultyPort/release()`` is called; then it does both. Cancelling the call
  /// has no effect, as on a connection that hangs.
  case neverAnswers
  /// It acts, and answers something that cannot be trusted.
  case answersNonsense(Nonsense)
}

extension PortFault: CaseIterable {
  /// How long the slow faults among ``allCases`` take: longer than anybody waits beside a patient.
  public static var longDelay: Duration { .seconds(3600) }

  /// Every fault, with every cause.
  public static var allCases: [PortFault] {
    var all: [PortFault] = []
    for failure in Failure.everyCause {
      all.append(.fails(failure))
      all.append(.actsThenFails(failure))
    }
    all += [.slowToAct(longDelay), .slowToReply(longDelay), .neverAnswers]
    return all + Nonsense.allCases.map { .answersNonsense($0) }
  }
}

/// An error that a port's faults can throw.
public protocol ScriptedFailure: Error, Hashable, Sendable {
  /// One error for each cause that the SDK names.
  static var everyCause: [Self] { get }

  /// What a slow call throws when it is cancelled while it waits.
  static var ofCancelledWait: Self { get }
}

extension RegistryError: ScriptedFailure {
  /// One error for each cause, and one with a cause that only some client would name.
  public static var everyCause: [RegistryError] {
    [
      RegistryError(.unavailable), RegistryError(.timedOut),
      RegistryError(.tooManyRequests, retryAfter: .seconds(30)), RegistryError(.accessDenied),
      RegistryError(.unusableAnswer), RegistryError(.requestRejected), RegistryError(.cancelled),
      RegistryError(.other), RegistryError(Code(rawValue: "vendorSpecific")),
    ]
  }

  /// The call was cancelled.
  public static var ofCancelledWait: RegistryError { RegistryError(.cancelled) }
}

extension CacheError: ScriptedFailure {
  /// One error for each cause, and one with a cause that only some cache would name.
  public static var everyCause: [CacheError] {
    [
      CacheError(.unavailable), CacheError(.corrupted), CacheError(.full), CacheError(.timedOut),
      CacheError(.other),
      CacheError(Code(rawValue: "vendorSpecific")),
    ]
  }

  /// The call timed out.
  public static var ofCancelledWait: CacheError { CacheError(.timedOut) }
}

extension VisitMemoryError: ScriptedFailure {
  /// One error for each cause, and one with a cause that only some visit memory would name.
  public static var everyCause: [VisitMemoryError] {
    [
      VisitMemoryError(.unavailable), VisitMemoryError(.corrupted), VisitMemoryError(.full),
      VisitMemoryError(.timedOut), VisitMemoryError(.other), VisitMemoryError(Code(rawValue: "vendorSpecific")),
    ]
  }

  /// The call timed out.
  public static var ofCancelledWait: VisitMemoryError { VisitMemoryError(.timedOut) }
}

extension SinkError: ScriptedFailure {
  /// One error for each cause, and one with a cause that only some sink would name.
  public static var everyCause: [SinkError] {
    [
      SinkError(.unavailable, retryAfter: .seconds(30)), SinkError(.full), SinkError(.timedOut),
      SinkError(.rejected), SinkError(.other), SinkError(Code(rawValue: "vendorSpecific")),
    ]
  }

  /// The call timed out.
  public static var ofCancelledWait: SinkError { SinkError(.timedOut) }
}
