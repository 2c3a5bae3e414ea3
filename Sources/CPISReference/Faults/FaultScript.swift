/// Which calls go wrong, and how.
///
/// Calls of each operation are counted from 1. Where several steps speak of one call, the first decides; where
/// none does, the call goes through.
public struct FaultScript<Operation: Hashable & Sendable, Fault: Sendable>: Sendable {
  /// The calls that a step speaks of.
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

  /// Makes a script in which all goes well.
  public init() {}

  /// Makes a script of one step.
  ///
  /// - Parameters:
  ///   - fault: how it goes wrong.
  ///   - calls: which calls do.
  ///   - operation: the operation that goes wrong; `nil` for each of them.
  public init(_ fault: Fault, on calls: Calls, of operation: Operation? = nil) {
    add(fault, on: calls, of: operation)
  }

  /// Adds a step.
  ///
  /// - Parameters:
  ///   - fault: how it goes wrong.
  ///   - calls: which calls do.
  ///   - operation: the operation that goes wrong; `nil` for each of them.
  public mutating func add(_ fault: Fault, on calls: Calls, of operation: Operation? = nil) {
    steps.append(Step(fault: fault, calls: calls, operation: operation))
  }

  func hasFault(of operation: Operation) -> Bool { steps.contains { ($0.operation ?? operation) == operation } }

  func fault(of operation: Operation, call number: Int) -> Fault? {
    steps.first { $0.calls.includes(number) && ($0.operation ?? operation) == operation }?.fault
  }
}
